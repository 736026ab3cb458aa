import KubeRuntime
import NIOCore
import NIOSSL
import Synchronization

/// The connections of an admission server.
///
/// When there is no room, one on which nothing was asked makes way, as ``ConnectionTable`` has it. A few from this very machine have places of
/// their own: the operator's question to itself is among them, and must not fail because others are many.
final class AdmissionConnections: Sendable {
    /// There is no place for one more.
    struct Refused: Error {}
    /// Nobody waits for the answer.
    struct PeerGone: Error {}

    /// Places for those who connect from the address that they connect to, beyond all others.
    static let reserved = 4

    private struct Connection {
        let channel: any Channel
        let isReserved: Bool
        let isGone = ObservedValue(false)
    }

    private struct State {
        var table: ConnectionTable<ObjectIdentifier>
        var connections: [ObjectIdentifier: Connection] = [:]
        var reserved = 0
    }

    private let state: Mutex<State>

    init(limits: ConnectionTable<ObjectIdentifier>.Limits) {
        state = Mutex(State(table: ConnectionTable(limits: limits)))
    }

    /// - Throws: ``Refused``, upon which the connection is to be closed.
    func enter(_ channel: any Channel) throws {
        let id = ObjectIdentifier(channel)
        let isOwn =
            channel.remoteAddress?.ipAddress != nil
            && channel.remoteAddress?.ipAddress == channel.localAddress?.ipAddress
        let (isAdmitted, victim) = state.withLock { state -> (Bool, (any Channel)?) in
            if isOwn, state.reserved < Self.reserved {
                state.reserved += 1
                state.connections[id] = Connection(channel: channel, isReserved: true)
                return (true, nil)
            }
            guard case .admitted(let victim) = state.table.enter(id, from: channel.peerAddress) else {
                return (false, nil)
            }
            state.connections[id] = Connection(channel: channel, isReserved: false)
            return (true, victim.flatMap { state.connections.removeValue(forKey: $0)?.channel })
        }
        if let victim { Self.drop(victim) }
        guard isAdmitted else { throw Refused() }
        channel.closeFuture.whenComplete { [weak self] _ in self?.leave(channel) }
    }

    private func leave(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { state in
            state.table.leave(id)
            if state.connections.removeValue(forKey: id)?.isReserved == true { state.reserved -= 1 }
        }
    }

    func peerHasGone(_ channel: any Channel) {
        let connection = state.withLock { $0.connections[ObjectIdentifier(channel)] }
        connection?.isGone.update { $0 = true }
    }

    /// Answers a request, and cancels `work` when the peer goes.
    ///
    /// - Throws: ``PeerGone``; what `work` throws.
    func answering<Value: Sendable>(
        on channel: any Channel,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let id = ObjectIdentifier(channel)
        let connection = state.withLock { state in
            state.table.begin(id)
            return state.connections[id]
        }
        guard let connection else { throw PeerGone() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                _ = await connection.isGone.wait(until: nil, time: .system) { $0 }
                return nil
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw PeerGone() }
            return value
        }
    }

    /// The answer is written.
    func answered(on channel: any Channel) { state.withLock { $0.table.end(ObjectIdentifier(channel)) } }

    /// Closes a connection without a goodbye by TLS, which would wait for the peer's.
    static func drop(_ channel: any Channel) {
        channel.eventLoop.execute {
            do {
                let tls = try channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
                tls.close(mode: .all, promise: nil)
            } catch {
                channel.close(promise: nil)
            }
        }
    }
}

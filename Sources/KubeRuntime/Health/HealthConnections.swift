import NIOCore
import Synchronization

/// The connections of a health server: probes, and beside them those that have asked for metrics, which take no places from probes.
final class HealthConnections: Sendable {
    /// There is no place for one more.
    struct Refused: Error {}

    private struct State {
        var probes: ConnectionTable<ObjectIdentifier>
        var scrapes: ConnectionTable<ObjectIdentifier>
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isEnding = false
    }

    private let state: Mutex<State>

    init(limits: HealthServer.Limits) {
        // Every answer is given within a limited time, and one that is being given all the same must not keep a probe out.
        let probes = ConnectionTable<ObjectIdentifier>.Limits(
            total: limits.connections,
            perAddress: limits.connectionsPerAddress,
            dropsBusy: true
        )
        let scrapes = ConnectionTable<ObjectIdentifier>.Limits(
            total: limits.scrapes,
            perAddress: limits.scrapesPerAddress
        )
        state = Mutex(State(probes: ConnectionTable(limits: probes), scrapes: ConnectionTable(limits: scrapes)))
    }

    /// - Throws: ``Refused``, upon which the connection is to be closed.
    func enter(_ channel: any Channel) throws {
        let id = ObjectIdentifier(channel)
        let (isAdmitted, victim) = state.withLock { state -> (Bool, (any Channel)?) in
            guard !state.isEnding, case .admitted(let victim) = state.probes.enter(id, from: channel.peerAddress) else {
                return (false, nil)
            }
            state.channels[id] = channel
            return (true, victim.flatMap { state.channels.removeValue(forKey: $0) })
        }
        victim?.close(promise: nil)
        guard isAdmitted else { throw Refused() }
    }

    /// From now on the connection is one of those that ask for metrics.
    ///
    /// - Returns: whether there is a place among those.
    func enterScrapes(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let (isAdmitted, victim) = state.withLock { state -> (Bool, (any Channel)?) in
            guard !state.scrapes.contains(id) else { return (true, nil) }
            guard state.channels[id] != nil,
                case .admitted(let victim) = state.scrapes.enter(id, from: channel.peerAddress)
            else { return (false, nil) }
            state.probes.leave(id)
            state.scrapes.begin(id)
            return (true, victim.flatMap { state.channels.removeValue(forKey: $0) })
        }
        victim?.close(promise: nil)
        return isAdmitted
    }

    func begin(_ channel: any Channel) {
        state.withLock { state in
            state.probes.begin(ObjectIdentifier(channel))
            state.scrapes.begin(ObjectIdentifier(channel))
        }
    }

    func end(_ channel: any Channel) {
        state.withLock { state in
            state.probes.end(ObjectIdentifier(channel))
            state.scrapes.end(ObjectIdentifier(channel))
        }
    }

    func leave(_ channel: any Channel) {
        state.withLock { state in
            state.probes.leave(ObjectIdentifier(channel))
            state.scrapes.leave(ObjectIdentifier(channel))
            state.channels[ObjectIdentifier(channel)] = nil
        }
    }

    /// Lets nobody in any more.
    ///
    /// - Returns: those that are open.
    func end() -> [any Channel] {
        state.withLock { state in
            state.isEnding = true
            return Array(state.channels.values)
        }
    }
}

extension Channel {
    /// The peer's address without its port; empty when it is not known.
    package var peerAddress: String { remoteAddress?.ipAddress ?? "" }
}

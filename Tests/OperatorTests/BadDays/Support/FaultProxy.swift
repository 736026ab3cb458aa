import Foundation
import KubeRuntime
import NIOCore
import NIOPosix
import Synchronization

/// Stands between an operator and its API server, passes TLS through without looking into it, and does to connections what bad networks do.
final class FaultProxy: Sendable {
    enum Mode: Hashable, Sendable {
        case passing
        /// Nobody listens; the connections that were there are closed.
        case refusing
        /// Connections are accepted and reset at once, and so are those that were there.
        case resetting
        /// Nothing comes through, in either direction, and nothing is lost: it comes when the mode ends.
        case silent
        /// What the server sends comes so long after what the client has sent last.
        case slow(Duration)
    }

    private struct Connection {
        let client: any Channel
        var server: (any Channel)?
        /// When what the server sends may come.
        var answerAt = ContinuousClock.now
    }

    private struct State {
        var accepted = 0
        var listener: (any Channel)?
        var port = 0
        var connections: [Int: Connection] = [:]
        /// Those that neither side will ever hear of again.
        var forgotten: Set<Int> = []
    }

    private let upstream: Int
    private let mode = ObservedValue(Mode.passing)
    private let state = Mutex(State())

    private init(upstream: Int) { self.upstream = upstream }

    /// Runs `body` with a proxy in front of a port of this machine.
    static func run<Value: Sendable>(to upstream: Int, _ body: (FaultProxy) async throws -> Value) async throws -> Value
    {
        let proxy = FaultProxy(upstream: upstream)
        let listener = try await proxy.bind()
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await proxy.serve(listener) }
            defer { tasks.cancelAll() }
            return try await body(proxy)
        }
    }

    // MARK: - What tests do

    var port: Int { state.withLock { $0.port } }

    /// How many connections were accepted so far.
    var accepted: Int { state.withLock { $0.accepted } }

    var openConnections: Int { state.withLock { $0.connections.count } }

    func become(_ mode: Mode) async throws {
        self.mode.update { $0 = mode }
        let (listener, connections) = state.withLock { ($0.listener, Array($0.connections.values)) }
        switch mode {
        case .passing, .silent, .slow: break
        case .refusing:
            try await listener?.close()
            for connection in connections { connection.client.close(promise: nil) }
        case .resetting:
            for connection in connections { await Self.reset(connection.client) }
        }
    }

    /// The connections that there are fall silent for good, as when something on the way forgot them. New ones work.
    func forgetConnections() { state.withLock { $0.forgotten.formUnion($0.connections.keys) } }

    /// Comes and goes.
    func flap(up: Duration, down: Duration, for duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            try await become(.refusing)
            try await Task.sleep(for: down)
            try await become(.passing)
            try await Task.sleep(for: up)
        }
    }

    // MARK: - Serving

    private typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// At the same port each time.
    private func bind() async throws -> NIOAsyncChannel<Bytes, Never> {
        let port = state.withLock { $0.port }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
            }
        state.withLock {
            $0.listener = listener.channel
            $0.port = listener.channel.localAddress?.port ?? 0
        }
        return listener
    }

    private func serve(_ first: NIOAsyncChannel<Bytes, Never>) async throws {
        try await withThrowingDiscardingTaskGroup { connections in
            var listener = first
            while !Task.isCancelled {
                do {
                    try await listener.executeThenClose { accepted in
                        for try await client in accepted { connections.addTask { await self.relay(client) } }
                    }
                } catch is ChannelError {}
                guard await mode.wait(until: nil, time: .system, for: { $0 != .refusing }) else { return }
                listener = try await bind()
                if mode.value == .refusing { try await listener.channel.close() }
            }
        }
    }

    private func relay(_ client: Bytes) async {
        let id = state.withLock { state in
            state.accepted += 1
            state.connections[state.accepted] = Connection(client: client.channel)
            return state.accepted
        }
        defer { state.withLock { _ = $0.connections.removeValue(forKey: id) } }
        if mode.value == .resetting { await Self.reset(client.channel) }
        do {
            try await client.executeThenClose { fromClient, toClient in
                guard await mode.wait(until: nil, time: .system, for: { $0 != .silent }) else { return }
                let server = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: upstream) { channel in
                        channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
                    }
                try await server.executeThenClose { fromServer, toServer in
                    try await withThrowingTaskGroup(of: Void.self) { ways in
                        ways.addTask {
                            for try await bytes in fromClient where try await self.passes(id, isAnswer: false) {
                                try await toServer.write(bytes)
                            }
                        }
                        ways.addTask {
                            for try await bytes in fromServer where try await self.passes(id, isAnswer: true) {
                                try await toClient.write(bytes)
                            }
                        }
                        // What ends on one side ends on the other.
                        try await ways.next()
                        ways.cancelAll()
                    }
                }
            }
        } catch {
            // Connections end in all ways here.
        }
    }

    /// Waits until bytes may go on.
    ///
    /// - Returns: whether they do; they are lost otherwise.
    private func passes(_ id: Int, isAnswer: Bool) async throws -> Bool {
        guard await mode.wait(until: nil, time: .system, for: { $0 != .silent }) else { throw CancellationError() }
        guard !state.withLock({ $0.forgotten.contains(id) }) else { return false }
        guard case .slow(let delay) = mode.value else { return true }
        if isAnswer {
            let due = state.withLock { $0.connections[id]?.answerAt }
            try await Task.sleep(until: due ?? .now)
        } else {
            state.withLock { $0.connections[id]?.answerAt = .now + delay }
        }
        return true
    }

    private static func reset(_ channel: any Channel) async {
        do {
            try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            try await channel.close()
        } catch {
            // It has gone by itself.
        }
    }
}

extension FaultProxy {
    /// Runs `body` with a proxy in front of the API server of a kubeconfig, and the path of another kubeconfig that leads through it.
    static func run<Value: Sendable>(
        before kubeconfig: String,
        _ body: (FaultProxy, String) async throws -> Value
    ) async throws -> Value {
        let text = try String(contentsOfFile: kubeconfig, encoding: .utf8)
        let server = try #/https:\/\/127\.0\.0\.1:(?<port>[0-9]+)/#.firstMatch(in: text)
        guard let server, let port = Int(server.port) else {
            throw OperatorEnded(description: "the API server of \(kubeconfig) does not listen on 127.0.0.1")
        }
        return try await run(to: port) { proxy in
            let path = FileManager.default.temporaryDirectory.appending(path: "proxied-\(UUID().uuidString).kubeconfig")
            let proxied = text.replacing("https://127.0.0.1:\(port)", with: "https://127.0.0.1:\(proxy.port)")
            try Data(proxied.utf8).write(to: path)
            defer { try? FileManager.default.removeItem(at: path) }
            return try await body(proxy, path.path)
        }
    }
}

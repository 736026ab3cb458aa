import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A backend that answers every request with its name.
final class TinyBackend: Sendable {
    private let channel: any Channel
    let port: Int

    private init(_ channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    static func start(_ name: String) async throws -> TinyBackend {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answers(name: name))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TinyBackend(channel)
    }

    func stop() async throws { try await channel.close() }

    private final class Answers: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String
        private var seen = ""

        init(name: String) {
            answer = "HTTP/1.1 200 OK\r\ncontent-length: \(name.utf8.count)\r\n\r\n\(name)"
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            seen += String(buffer: unwrapInboundIn(data))
            while let end = seen.range(of: "\r\n\r\n") {
                seen = String(seen[end.upperBound...])
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// Asks again and again over some kept connections, and counts the answers.
final class TinyLoad: Sendable {
    struct Count: Sendable {
        var statuses: [String: Int] = [:]
        var bodies: [String: Int] = [:]

        var requests: Int { statuses.values.reduce(0, +) }
        var failures: [String: Int] { statuses.filter { $0.key != "200" } }
    }

    private let state = Mutex(Count())
    private let isEnding = Mutex(false)
    private let port: Int

    init(port: Int) { self.port = port }

    var count: Count { state.withLock { $0 } }

    /// Runs until ``stop()``.
    func run(connections: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<connections { group.addTask { await self.ask() } }
        }
    }

    func stop() { isEnding.withLock { $0 = true } }

    private func ask() async {
        while !isEnding.withLock({ $0 }) {
            do {
                let done = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Asks(self))
                        }
                    }
                    .connect(host: "127.0.0.1", port: port).get()
                try await done.closeFuture.get()
            } catch {
                note("unreachable", "")
            }
        }
    }

    private func note(_ status: String, _ body: String) {
        state.withLock { count in
            count.statuses[status, default: 0] += 1
            count.bodies[body, default: 0] += 1
        }
    }

    private final class Asks: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let load: TinyLoad
        private var seen = ""
        private var isWaiting = false

        init(_ load: TinyLoad) { self.load = load }

        func channelActive(context: ChannelHandlerContext) { ask(context) }

        private func ask(_ context: ChannelHandlerContext) {
            if load.isEnding.withLock({ $0 }) {
                context.close(promise: nil)
                return
            }
            isWaiting = true
            let request = ByteBuffer(string: "GET / HTTP/1.1\r\nhost: test\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            seen += String(buffer: unwrapInboundIn(data))
            guard let head = seen.range(of: "\r\n\r\n") else { return }
            let lines = seen[..<head.lowerBound].split(separator: "\r\n")
            let length =
                lines.first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) } ?? 0
            guard seen[head.upperBound...].utf8.count >= length else { return }
            let status = lines.first?.split(separator: " ").dropFirst().first.map(String.init) ?? "none"
            load.note(status, String(seen[head.upperBound...].prefix(length)))
            seen = ""
            isWaiting = false
            ask(context)
        }

        func channelInactive(context: ChannelHandlerContext) {
            if isWaiting { load.note("closed", "") }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

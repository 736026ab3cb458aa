import KubeRuntime
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL

@testable import XDS

/// A call that a test makes as it likes, good or bad.
final class RawCall: Sendable {
    struct Seen: Sendable {
        /// Headers of the response and trailers.
        var fields: [String: String] = [:]
        var bytes = 0
        var isClosed = false
    }

    let seen = ObservedValue(Seen())
    let connection: any Channel
    private let stream: any Channel

    private init(connection: any Channel, stream: any Channel) {
        self.connection = connection
        self.stream = stream
    }

    static let headers: HPACKHeaders = [
        ":method": "POST", ":scheme": "https", ":authority": "test", ":path": ADSStreamHandler.method,
        "content-type": "application/grpc", "te": "trailers",
    ]

    /// A TLS connection without anything on it.
    ///
    /// - Parameter address: one of 127.0.0.0/8 to come from.
    static func connect(
        _ port: Int,
        speaksHTTP2: Bool = false,
        from address: String = "127.0.0.1",
        reader: ObservedValue<RawFrames>? = nil
    ) async throws -> any Channel {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: configuration)
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(to: try SocketAddress(ipAddress: address, port: 0))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: nil)
                    )
                    if let reader { try channel.pipeline.syncOperations.addHandler(RawFrames.Reader(reader)) }
                    guard speaksHTTP2 else { return }
                    _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                        mode: .client,
                        connectionConfiguration: .init(),
                        streamConfiguration: .init()
                    ) { $0.close() }
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    static func open(
        _ port: Int,
        _ headers: HPACKHeaders = RawCall.headers,
        from address: String = "127.0.0.1"
    ) async throws -> RawCall {
        try await open(on: connect(port, speaksHTTP2: true, from: address), headers)
    }

    /// One more on a connection that speaks HTTP/2.
    static func open(on connection: any Channel, _ headers: HPACKHeaders = RawCall.headers) async throws -> RawCall {
        let multiplexer = try await connection.pipeline.handler(type: NIOHTTP2Handler.self)
            .flatMap(\.multiplexer).get()
        let stream = try await multiplexer.createStreamChannel { $0.eventLoop.makeSucceededVoidFuture() }.get()
        let call = RawCall(connection: connection, stream: stream)
        try await stream.eventLoop.submit {
            try stream.pipeline.syncOperations.addHandler(Reader(seen: call.seen))
        }.get()
        try await stream.writeAndFlush(HTTP2Frame.FramePayload.headers(.init(headers: headers)))
        return call
    }

    func send(_ bytes: ByteBuffer, ends: Bool = false) async throws {
        let data = HTTP2Frame.FramePayload.Data(data: .byteBuffer(bytes), endStream: ends)
        try await stream.writeAndFlush(HTTP2Frame.FramePayload.data(data))
    }

    func send(_ request: DeltaRequest) async throws { try await send(RawCall.framed(request.encoded())) }

    static func framed(_ message: ByteBuffer) -> ByteBuffer {
        var bytes = ByteBuffer()
        GRPCFrames.writeHead(message.readableBytes, to: &bytes)
        bytes.writeImmutableBuffer(message)
        return bytes
    }

    /// Reads nothing more from the connection.
    func stopReading() async throws { try await connection.setOption(.autoRead, value: false).get() }

    /// The status that the call ended with; `nil` when it did not within the limit.
    func status(within limit: Duration = .seconds(90)) async -> String? {
        _ = await seen.wait(until: .now + limit, time: .system) { $0.fields["grpc-status"] != nil || $0.isClosed }
        return seen.value.fields["grpc-status"]
    }

    func close() { connection.close(promise: nil) }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame.FramePayload

        let seen: ObservedValue<Seen>

        init(seen: ObservedValue<Seen>) { self.seen = seen }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .headers(let headers):
                let fields = headers.headers.map { ($0.name, $0.value) }
                seen.update { seen in for (name, value) in fields { seen.fields[name] = value } }
            case .data(let data):
                let size = data.data.readableBytes
                seen.update { $0.bytes += size }
            default: break
            }
        }

        func channelInactive(context: ChannelHandlerContext) { seen.update { $0.isClosed = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

import EnvoyAPI
import NIOCore
import NIOHPACK
import NIOHTTP2

/// The stream of a simulated proxy.
final class SimulatedProxyStream: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let proxies: SimulatedProxies
    private let state: SimulatedProxyState
    private let connection: any Channel
    private var frames = GRPCFrames(limit: 64 << 20)

    init(_ proxies: SimulatedProxies, _ state: SimulatedProxyState, _ connection: any Channel) {
        self.proxies = proxies
        self.state = state
        self.connection = connection
    }

    func channelActive(context: ChannelHandlerContext) {
        var headers: HPACKHeaders = [
            ":method": "POST", ":scheme": "https", ":authority": "swiftlet", ":path": ADSStreamHandler.method,
            "content-type": "application/grpc", "te": "trailers",
        ]
        if let authorization = proxies.options.authorizations[state.nodeID] {
            headers.add(name: "authorization", value: authorization)
        }
        context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
        write(state.greeting(), context)
        context.flush()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            guard let status = headers.headers.first(name: "grpc-status") else { return }
            proxies.count { $0.endedStreams[status, default: 0] += 1 }
            context.close(promise: nil)
        case .data(let data):
            guard case .byteBuffer(var bytes) = data.data else { return }
            let size = bytes.readableBytes
            frames.append(&bytes)
            do {
                var responses: [SimulatedResponse] = []
                while let message = try frames.next() { responses.append(try SimulatedResponse(decoding: message)) }
                proxies.count { totals in
                    totals.bytes += size
                    totals.responses += responses.count
                    totals.resources += responses.reduce(0) { $0 + $1.resources.count }
                    totals.removed += responses.reduce(0) { $0 + $1.removed.count }
                }
                for response in responses { write(state.take(response), context) }
                context.flush()
                for response in responses {
                    guard let type = ResourceType(typeURL: response.typeURL) else { continue }
                    proxies.options.answered(state.nodeID, type, response.resources.map(\.name))
                }
            } catch {
                context.close(promise: nil)
            }
        default: break
        }
    }

    private func write(_ requests: [DeltaRequest], _ context: ChannelHandlerContext) {
        for request in requests {
            let message = request.encoded()
            var bytes = context.channel.allocator.buffer(capacity: 5 + message.readableBytes)
            GRPCFrames.writeHead(message.readableBytes, to: &bytes)
            bytes.writeImmutableBuffer(message)
            context.write(wrapOutboundOut(.data(.init(data: .byteBuffer(bytes)))), promise: nil)
        }
    }
}

import KubeRuntime
import NIOCore
import NIOHPACK

/// What came on a connection whose HTTP/2 a test writes by itself, with frames that no well-behaved client would send.
struct RawFrames: Sendable {
    /// By their type, as RFC 9113 numbers it.
    var counts: [UInt8: Int] = [:]
    var isClosed = false

    static let reset: UInt8 = 3
    static let goAway: UInt8 = 7

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4)

    static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let length = UInt32(payload.count)
        let head: [UInt8] = [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags]
        return head + (0..<4).map { UInt8(stream >> (24 - 8 * $0) & 255) } + payload
    }

    /// The headers of a call, the first of their connection or a later one.
    static func headers(stream: UInt32, _ encoder: inout HPACKEncoder) throws -> [UInt8] {
        var block = ByteBuffer()
        try encoder.encode(headers: RawCall.headers, to: &block)
        return frame(1, flags: 4, stream: stream, Array(block.readableBytesView))
    }

    final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let seen: ObservedValue<RawFrames>
        private var bytes = ByteBuffer()

        init(_ seen: ObservedValue<RawFrames>) { self.seen = seen }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var more = unwrapInboundIn(data)
            bytes.writeBuffer(&more)
            while let head = bytes.getBytes(at: bytes.readerIndex, length: 9) {
                let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
                guard bytes.readableBytes >= 9 + length else { return }
                bytes.moveReaderIndex(forwardBy: 9 + length)
                seen.update { $0.counts[head[3], default: 0] += 1 }
            }
        }

        func channelInactive(context: ChannelHandlerContext) { seen.update { $0.isClosed = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

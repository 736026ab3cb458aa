import NIOCore

/// Stands between TLS and HTTP/2, and copies what is small into a buffer of its size.
///
/// TLS hands on slices of large buffers, which HTTP/2 keeps as long as it keeps the last bytes: tens of kilobytes for each
/// connection at rest.
final class ReadCopier: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let largest = 8 << 10

    /// When something was read last; `nil` before anything was.
    private(set) var lastRead: NIODeadline?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastRead = .now()
        var bytes = unwrapInboundIn(data)
        guard bytes.readableBytes <= Self.largest else { return context.fireChannelRead(data) }
        var copy = context.channel.allocator.buffer(capacity: bytes.readableBytes)
        copy.writeBuffer(&bytes)
        context.fireChannelRead(wrapInboundOut(copy))
    }
}

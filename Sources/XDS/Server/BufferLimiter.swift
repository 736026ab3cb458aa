import NIOCore

/// Stands between TLS and HTTP/2, and keeps the buffers of both small.
///
/// TLS hands on slices of large buffers, which HTTP/2 holds as long as it holds their last bytes; so what was read is handed on in
/// buffers of its size. And TLS encrypts all that was written before a flush into one buffer, which it never gives back; so it is made
/// to flush often. Both together are hundreds of kilobytes for each connection that once said or heard much.
final class BufferLimiter: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let readBytes = 4 << 10
    private static let writeBytes = 12 << 10

    /// When something was read last; `nil` before anything was.
    private(set) var lastRead: NIODeadline?
    /// Asked about all that is read, before it is handed on; what it does not let pass is dropped.
    var inspect: ((ByteBuffer) -> Bool)?
    private var unflushed = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastRead = .now()
        var bytes = unwrapInboundIn(data)
        if let inspect, !inspect(bytes) { return }
        while let piece = bytes.readSlice(length: min(bytes.readableBytes, Self.readBytes)), piece.readableBytes > 0 {
            var copy = context.channel.allocator.buffer(capacity: piece.readableBytes)
            copy.writeImmutableBuffer(piece)
            context.fireChannelRead(wrapInboundOut(copy))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        unflushed += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
        if unflushed >= Self.writeBytes { flush(context: context) }
    }

    func flush(context: ChannelHandlerContext) {
        unflushed = 0
        context.flush()
    }
}

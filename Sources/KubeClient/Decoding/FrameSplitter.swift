/// Cuts a stream of frames, each of them led by its length in 4 bytes, big-endian: a watch in protobuf.
struct FrameSplitter: Sendable {
    private var frame: PieceAssembler
    private var lengthBytes = 0
    private var length = 0
    /// How many bytes of the frame are still to come; `nil` while its length is read.
    private var remaining: Int?

    init(frameLimit: Int) {
        frame = PieceAssembler(limit: frameLimit)
    }

    /// Takes the next bytes and hands over the frames that end in them.
    mutating func consume(_ chunk: [UInt8], onFrame: (StreamPiece) throws -> Void) rethrows {
        var index = 0
        while index < chunk.count {
            guard let remaining else {
                length = length << 8 | Int(chunk[index])
                lengthBytes += 1
                index += 1
                if lengthBytes == 4 {
                    self.remaining = length
                    (lengthBytes, length) = (0, 0)
                    if self.remaining == 0 { self.remaining = nil }
                }
                continue
            }
            let available = chunk.count - index
            if available < remaining {
                frame.keep(chunk, index..<chunk.count)
                self.remaining = remaining - available
                return
            }
            self.remaining = nil
            let start = index
            index += remaining
            try onFrame(frame.finish(chunk, start..<index))
        }
    }

    /// Whether the stream may end here.
    var isBetweenFrames: Bool { remaining == nil && lengthBytes == 0 }
}

/// A piece that a splitter cut out of a stream.
enum StreamPiece: Sendable {
    /// A whole piece: a part of the chunk that was just fed in, or a buffer of its own if it came in several chunks.
    case whole([UInt8], Range<Int>)
    /// A piece above the limit, of which nothing was kept.
    case tooLarge(limit: Int)
}

/// What is wrong with the framing of a stream. Nothing after it can be read.
struct StreamFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    var message: String
    /// Offset of the offending byte from the start of the stream.
    var offset: Int

    init(_ message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }

    var description: String { "\(message) at byte \(offset) of the body" }
}

/// Cuts a stream into lines at the byte `\n`, and at nothing else: U+2028 and its like may stand within JSON. Empty lines are left out.
struct LineSplitter: Sendable {
    private var line: PieceAssembler

    init(lineLimit: Int) {
        line = PieceAssembler(limit: lineLimit)
    }

    /// Takes the next bytes and hands over the lines that end in them.
    mutating func consume(_ chunk: [UInt8], onLine: (StreamPiece) throws -> Void) rethrows {
        var start = 0
        while let end = chunk[start...].firstIndex(of: 0x0A) {
            if line.isUnderWay || end > start { try onLine(line.finish(chunk, start..<end)) }
            start = end + 1
        }
        if start < chunk.count { line.keep(chunk, start..<chunk.count) }
    }

    /// Tells that the stream is complete; a last line without `\n` is handed over.
    mutating func finish(onLine: (StreamPiece) throws -> Void) rethrows {
        if line.isUnderWay { try onLine(line.finish([], 0..<0)) }
    }
}

/// Joins a piece that comes in several chunks; one that comes in a single chunk is never copied.
struct PieceAssembler: Sendable {
    /// The largest piece that is kept; larger ones are counted only.
    let limit: Int
    private var carried: [UInt8] = []
    private var size = 0

    init(limit: Int) { self.limit = limit }

    /// Whether the piece goes on from an earlier chunk.
    var isUnderWay: Bool { size > 0 }

    /// Keeps a part of the piece that does not end in this chunk.
    mutating func keep(_ chunk: [UInt8], _ range: Range<Int>) {
        size += range.count
        guard size <= limit else {
            carried = []
            return
        }
        carried.append(contentsOf: chunk[range])
    }

    /// The piece, `range` of `chunk` being the last part of it.
    mutating func finish(_ chunk: [UInt8], _ range: Range<Int>) -> StreamPiece {
        defer { size = 0 }
        guard size + range.count <= limit else {
            carried = []
            return .tooLarge(limit: limit)
        }
        guard size > 0 else { return .whole(chunk, range) }
        carried.append(contentsOf: chunk[range])
        let whole = carried
        carried = []
        return .whole(whole, whole.indices)
    }
}

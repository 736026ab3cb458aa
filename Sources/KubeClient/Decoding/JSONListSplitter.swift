import JSON

/// Cuts a JSON list (`{"kind": …, "metadata": …, "items": […]}`) into its items as its bytes arrive.
///
/// # Guarantees
/// - Each item is handed over as soon as its last byte is there, in order; no more than one item is kept.
/// - The order of the list's members is free. Members other than `items` count up to ``memberLimit``.
struct JSONListSplitter: Sendable {
    /// The largest member besides `items`; list metadata takes a few hundred bytes.
    static let memberLimit = 64 * 1024

    private enum State {
        case start
        case firstKey
        case key
        case inKey
        case colon
        case value
        case inValue
        case afterValue
        case firstItem
        case item
        case inItem
        case afterItem
        case end
    }

    /// The list's own metadata; complete after ``finish()``.
    private(set) var metadata = ListMetadata()
    private var state = State.start
    private var scanner = JSONValueScanner()
    private var items: PieceAssembler
    private var members = PieceAssembler(limit: memberLimit)
    private var key = ""
    private var sawItems = false
    /// How many bytes the chunks before this one had.
    private var consumed = 0

    init(itemLimit: Int) {
        items = PieceAssembler(limit: itemLimit)
    }

    /// Takes the next bytes and hands over the items that end in them.
    ///
    /// - Throws: ``StreamFormatError`` if this is no list, and what `onItem` throws; either ends the splitter.
    mutating func consume(_ chunk: [UInt8], onItem: (StreamPiece) throws -> Void) throws {
        var index = 0
        while index < chunk.count {
            switch state {
            case .inKey, .inValue, .inItem:
                guard let end = scanner.scan(chunk, from: index) else {
                    keep(chunk, index..<chunk.count)
                    index = chunk.count
                    continue
                }
                try finishPiece(chunk, index..<end, onItem)
                index = end
            default:
                if !Self.isWhitespace(chunk[index]) { try step(chunk[index], at: index) }
                if !isInPiece { index += 1 }
            }
        }
        consumed += chunk.count
    }

    /// Tells that the body is complete.
    ///
    /// - Throws: ``StreamFormatError`` if the list is not.
    func finish() throws(StreamFormatError) {
        guard state == .end else { throw StreamFormatError("the list is cut off", offset: consumed) }
        guard sawItems else { throw StreamFormatError("no list: it has no items", offset: consumed) }
    }

    private var isInPiece: Bool { state == .inKey || state == .inValue || state == .inItem }

    /// One byte of the structure around the pieces. A byte that begins a piece is left to it.
    private mutating func step(_ byte: UInt8, at index: Int) throws(StreamFormatError) {
        switch (state, byte) {
        case (.start, UInt8(ascii: "{")): state = .firstKey
        case (.firstKey, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")): begin(.inKey)
        case (.colon, UInt8(ascii: ":")): state = .value
        case (.value, UInt8(ascii: "[")) where key == "items":
            sawItems = true
            state = .firstItem
        case (.value, _) where Self.beginsValue(byte): begin(.inValue)
        case (.firstItem, UInt8(ascii: "]")), (.afterItem, UInt8(ascii: "]")): state = .afterValue
        case (.firstItem, _) where Self.beginsValue(byte), (.item, _) where Self.beginsValue(byte): begin(.inItem)
        case (.afterItem, UInt8(ascii: ",")): state = .item
        case (.afterValue, UInt8(ascii: ",")): state = .key
        case (.firstKey, UInt8(ascii: "}")), (.afterValue, UInt8(ascii: "}")): state = .end
        default: throw StreamFormatError("not a JSON list", offset: consumed + index)
        }
    }

    private mutating func begin(_ piece: State) {
        scanner = JSONValueScanner()
        state = piece
    }

    private mutating func keep(_ chunk: [UInt8], _ range: Range<Int>) {
        if state == .inItem { items.keep(chunk, range) } else { members.keep(chunk, range) }
    }

    private mutating func finishPiece(
        _ chunk: [UInt8],
        _ range: Range<Int>,
        _ onItem: (StreamPiece) throws -> Void
    ) throws {
        if state == .inItem {
            state = .afterItem
            return try onItem(items.finish(chunk, range))
        }
        let isKey = state == .inKey
        state = isKey ? .colon : .afterValue
        let piece = members.finish(chunk, range)
        guard case .whole(let bytes, let range) = piece else {
            if isKey { throw StreamFormatError("a member's name is too long", offset: consumed) }
            return
        }
        var reader = JSONReader(bytes, in: range)
        do {
            if isKey {
                key = try reader.readString()
            } else if key == "metadata" {
                metadata = try ListMetadata(from: &reader)
            } else if key == "items" {
                sawItems = try reader.readNull()
            }
        } catch {
            throw StreamFormatError("the list's \(isKey ? "member name" : key): \(error.message)", offset: consumed)
        }
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func beginsValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "t"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

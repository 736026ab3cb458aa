import KubeModel

/// Cuts a protobuf list (the envelope around `XList {metadata = 1, items = 2}`) into its items as its bytes arrive.
///
/// # Guarantees
/// As those of ``JSONListSplitter``.
struct ProtobufListSplitter: Sendable {
    private enum State {
        case magic(matched: Int)
        /// Between fields, or within the varint of a field's tag.
        case tag
        /// Within the length of a field.
        case length
        /// Within a varint, or so many bytes, that nobody reads.
        case skippedVarint
        case skipped(Int)
        /// So many bytes of an item or of the list's metadata.
        case payload(Int)
    }

    private(set) var metadata = ListMetadata()
    private var state = State.magic(matched: 0)
    private var varint = PartialVarint()
    private var field: UInt64 = 0
    /// How many bytes of the list's own message are still to come; `nil` outside of it, in the envelope.
    private var listRemaining: Int?
    private var sawList = false
    private var items: PieceAssembler
    private var members = PieceAssembler(limit: JSONListSplitter.memberLimit)
    /// How many bytes came before the one that is looked at.
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
            let range = index..<index + min(wanted, chunk.count - index)
            index = range.upperBound
            consumed += range.count
            try count(range.count)
            switch state {
            case .magic(let matched): try match(chunk[range.lowerBound], matched)
            case .tag: if let tag = try add(chunk[range.lowerBound]) { try begin(tag: tag) }
            case .length:
                if let length = try add(chunk[range.lowerBound]) { try begin(length: length, chunk, onItem) }
            case .skippedVarint: if try add(chunk[range.lowerBound]) != nil { state = .tag }
            case .skipped(let count): state = count == range.count ? .tag : .skipped(count - range.count)
            case .payload(let count):
                if count == range.count {
                    try finishPayload(chunk, range, onItem)
                } else {
                    keep(chunk, range)
                    state = .payload(count - range.count)
                }
            }
            if listRemaining == 0 { try leaveList() }
        }
    }

    /// Tells that the body is complete.
    ///
    /// - Throws: ``StreamFormatError`` if the list is not.
    func finish() throws(StreamFormatError) {
        guard case .tag = state, varint.isEmpty, listRemaining == nil else { throw error("the list is cut off") }
        guard sawList else { throw error("no list: the envelope is empty") }
    }

    /// How many bytes the present state can take at once.
    private var wanted: Int {
        switch state {
        case .skipped(let count), .payload(let count): count
        default: 1
        }
    }

    private var isItem: Bool { field == 2 }

    private mutating func match(_ byte: UInt8, _ matched: Int) throws(StreamFormatError) {
        guard byte == ProtobufEnvelope.magic[matched] else { throw error("no protobuf envelope of Kubernetes") }
        state = matched + 1 < ProtobufEnvelope.magic.count ? .magic(matched: matched + 1) : .tag
    }

    private mutating func begin(tag: UInt64) throws(StreamFormatError) {
        field = tag >> 3
        switch tag & 7 {
        case 0: state = .skippedVarint
        case 1: state = .skipped(8)
        case 2: state = .length
        case 5: state = .skipped(4)
        default: throw error("wire type \(tag & 7) is not supported")
        }
    }

    private mutating func begin(
        length: UInt64,
        _ chunk: [UInt8],
        _ onItem: (StreamPiece) throws -> Void
    ) throws {
        guard let length = Int(exactly: length), length <= listRemaining ?? .max else {
            throw error("a field exceeds its message")
        }
        if listRemaining == nil, field == 2 {
            (listRemaining, sawList, state) = (length, true, .tag)
        } else if listRemaining != nil, field == 1 || field == 2 {
            state = .payload(length)
            if length == 0 { try finishPayload(chunk, 0..<0, onItem) }
        } else {
            state = length == 0 ? .tag : .skipped(length)
        }
    }

    private mutating func keep(_ chunk: [UInt8], _ range: Range<Int>) {
        if isItem { items.keep(chunk, range) } else { members.keep(chunk, range) }
    }

    private mutating func finishPayload(
        _ chunk: [UInt8],
        _ range: Range<Int>,
        _ onItem: (StreamPiece) throws -> Void
    ) throws {
        state = .tag
        if isItem { return try onItem(items.finish(chunk, range)) }
        guard case .whole(let bytes, let range) = members.finish(chunk, range) else { return }
        var reader = ProtobufReader(bytes, in: range)
        do {
            metadata = try ListMetadata(protobuf: &reader)
        } catch {
            throw self.error("the list's metadata: \(error.message)")
        }
    }

    private mutating func count(_ bytes: Int) throws(StreamFormatError) {
        guard let remaining = listRemaining else { return }
        guard bytes <= remaining else { throw error("a field exceeds its message") }
        listRemaining = remaining - bytes
    }

    private mutating func leaveList() throws(StreamFormatError) {
        guard case .tag = state, varint.isEmpty else { throw error("the list ends within a field") }
        listRemaining = nil
    }

    private mutating func add(_ byte: UInt8) throws(StreamFormatError) -> UInt64? {
        guard varint.count < 10 else { throw error("a varint of more than 10 bytes") }
        return varint.add(byte)
    }

    private func error(_ message: String) -> StreamFormatError { StreamFormatError(message, offset: consumed) }
}

/// A varint that arrives byte by byte.
private struct PartialVarint: Sendable {
    private var value: UInt64 = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The value, once its last byte is there.
    mutating func add(_ byte: UInt8) -> UInt64? {
        value |= UInt64(byte & 0x7F) << UInt64(7 * count)
        count += 1
        guard byte < 0x80 else { return nil }
        defer { (value, count) = (0, 0) }
        return value
    }
}

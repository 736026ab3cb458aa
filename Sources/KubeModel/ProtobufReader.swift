import JSON

/// Reads protobuf by being asked for the fields that matter; everything else is skipped unread.
///
/// ```swift
/// while let field = try reader.nextField() {
///     switch field {
///     case 1: name = try reader.readString()
///     case 2: try reader.readMessage { (status) throws(ProtobufError) in ... }
///     default: try reader.skip()
///     }
/// }
/// ```
///
/// Guarantees: never reads outside the given range, nor outside the message it is in; allocates only what it returns; no recursion
/// but the caller's. Every field that ``nextField()`` gives must be read or skipped exactly once.
/// After an error the reader's position is unspecified: give up the whole message.
package struct ProtobufReader: Sendable {
    package let bytes: [UInt8]
    package private(set) var position: Int
    private var end: Int
    /// The wire type of the field that is due, for ``skip()`` and for checking what is asked for.
    private var wireType: UInt8 = 0

    /// A reader of `bytes`, or of a part of it.
    ///
    /// - Precondition: `range` lies within `bytes`.
    package init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        let range = range ?? bytes.indices
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.bytes = bytes
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    /// The number of the next field, with the reader before its value; `nil` at the end of the message.
    package mutating func nextField() throws(ProtobufError) -> Int? {
        guard position < end else { return nil }
        let start = position
        let tag = try varint()
        guard tag <= UInt64(UInt32.max), tag >> 3 > 0 else {
            throw ProtobufError(.malformed, "not a field number", offset: start)
        }
        wireType = UInt8(tag & 7)
        return Int(tag >> 3)
    }

    /// A field of type `int32`, `int64` or `uint64`; larger values than `Int64` wrap, as in every protobuf runtime.
    package mutating func readInt() throws(ProtobufError) -> Int64 {
        try expect(0, "an integer")
        return Int64(bitPattern: try varint())
    }

    package mutating func readBool() throws(ProtobufError) -> Bool {
        try expect(0, "a boolean")
        return try varint() != 0
    }

    package mutating func readString() throws(ProtobufError) -> String {
        try text(in: try readBytes())
    }

    /// A part of ``bytes`` as text.
    ///
    /// - Precondition: `range` was given by ``readBytes()``.
    package func text(in range: Range<Int>) throws(ProtobufError) -> String {
        guard let text = String(utf8: bytes, in: range) else {
            throw ProtobufError(.encoding, "a string is not UTF-8", offset: range.lowerBound)
        }
        return text
    }

    /// The part of ``bytes`` that a field of type `bytes`, `string` or message takes.
    package mutating func readBytes() throws(ProtobufError) -> Range<Int> {
        try expect(2, "bytes")
        let start = position
        let length = try varint()
        guard length <= UInt64(end - position) else {
            throw ProtobufError(.truncated, "a field of \(length) bytes exceeds its message", offset: start)
        }
        position += Int(length)
        return position - Int(length)..<position
    }

    /// Reads a nested message with `body`, for which this reader ends where the message ends. What `body` leaves unread is skipped.
    package mutating func readMessage<Value>(
        _ body: (inout ProtobufReader) throws(ProtobufError) -> Value
    ) throws(ProtobufError) -> Value {
        let range = try readBytes()
        let outerEnd = end
        position = range.lowerBound
        end = range.upperBound
        let value = try body(&self)
        position = range.upperBound
        end = outerEnd
        return value
    }

    /// An entry of a `map<string, string>`.
    package mutating func readMapEntry() throws(ProtobufError) -> (key: String, value: String) {
        try readMessage { (entry) throws(ProtobufError) in
            var result = (key: "", value: "")
            while let field = try entry.nextField() {
                switch field {
                case 1: result.key = try entry.readString()
                case 2: result.value = try entry.readString()
                default: try entry.skip()
                }
            }
            return result
        }
    }

    /// Consumes the value of the field without reading it.
    package mutating func skip() throws(ProtobufError) {
        switch wireType {
        case 0: _ = try varint()
        case 1: try advance(8)
        case 2: _ = try readBytes()
        case 5: try advance(4)
        default: throw ProtobufError(.malformed, "wire type \(wireType) is not supported", offset: position)
        }
    }

    private mutating func varint() throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            guard shift < 70 else {
                throw ProtobufError(.malformed, "a varint of more than 10 bytes", offset: position)
            }
        }
        throw ProtobufError(.truncated, "a varint is cut off", offset: position)
    }

    private func expect(_ type: UInt8, _ name: String) throws(ProtobufError) {
        guard wireType == type else {
            throw ProtobufError(.typeMismatch, "\(name) expected, not wire type \(wireType)", offset: position)
        }
    }

    private mutating func advance(_ count: Int) throws(ProtobufError) {
        guard end - position >= count else { throw ProtobufError(.truncated, "a field is cut off", offset: position) }
        position += count
    }
}

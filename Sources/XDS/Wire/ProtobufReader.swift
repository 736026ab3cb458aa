import NIOCore

/// Reads the fields of one protobuf message, one after another. Every length is checked against what is there.
struct ProtobufReader {
    private var bytes: ByteBuffer

    enum Value {
        case integer(UInt64)
        /// A string, bytes, or a message: a view into the whole.
        case bytes(ByteBuffer)
    }

    init(_ bytes: ByteBuffer) { self.bytes = bytes }

    /// The next field's number and value; `nil` at the end.
    ///
    /// - Throws: ``XDSError/Code/malformed``.
    mutating func next() throws(XDSError) -> (field: Int, value: Value)? {
        guard bytes.readableBytes > 0 else { return nil }
        let key = try varint()
        guard key >> 3 >= 1, key >> 3 < 1 << 29 else { throw malformed("a field number is out of range") }
        let field = Int(key >> 3)
        switch key & 7 {
        case 0: return (field, .integer(try varint()))
        case 1:
            guard let value = bytes.readInteger(endianness: .little, as: UInt64.self) else { throw truncated }
            return (field, .integer(value))
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.readableBytes), let value = bytes.readSlice(length: Int(length)) else {
                throw truncated
            }
            return (field, .bytes(value))
        case 5:
            guard let value = bytes.readInteger(endianness: .little, as: UInt32.self) else { throw truncated }
            return (field, .integer(UInt64(value)))
        default: throw malformed("a wire type is not served")
        }
    }

    private mutating func varint() throws(XDSError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = bytes.readInteger(as: UInt8.self) else { throw truncated }
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw malformed("a number is too long")
    }

    private var truncated: XDSError { malformed("it ends too early") }

    private func malformed(_ why: String) -> XDSError { XDSError(.malformed, "not a protobuf message: \(why)") }
}

extension ProtobufReader.Value {
    /// - Throws: ``XDSError/Code/malformed`` when it is a number.
    func message() throws(XDSError) -> ByteBuffer {
        guard case .bytes(let bytes) = self else {
            throw XDSError(.malformed, "not a protobuf message: a number stands where a message should")
        }
        return bytes
    }

    /// - Throws: ``XDSError/Code/malformed`` when it is no UTF-8, ``XDSError/Code/tooLarge`` beyond `limit` bytes.
    func text(limit: Int) throws(XDSError) -> String {
        let bytes = try message()
        guard bytes.readableBytes <= limit else {
            throw XDSError(
                .tooLarge,
                "a text of \(bytes.readableBytes) bytes is longer than the \(limit) that are allowed"
            )
        }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw XDSError(.malformed, "not a protobuf message: a text is not UTF-8")
        }
        return text
    }
}

import NIOCore

extension ByteBuffer {
    mutating func writeProtobufVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(rest))
    }

    /// The head of a field whose value is `length` bytes, which are to follow.
    mutating func writeProtobufHead(_ field: Int, length: Int) {
        writeProtobufVarint(UInt64(field) << 3 | 2)
        writeProtobufVarint(UInt64(length))
    }

    mutating func writeProtobuf(_ field: Int, _ text: String) {
        writeProtobufHead(field, length: text.utf8.count)
        writeString(text)
    }

    mutating func writeProtobuf(_ field: Int, _ bytes: [UInt8]) {
        writeProtobufHead(field, length: bytes.count)
        writeBytes(bytes)
    }

    mutating func writeProtobuf(_ field: Int, _ message: ByteBuffer) {
        writeProtobufHead(field, length: message.readableBytes)
        writeImmutableBuffer(message)
    }

    mutating func writeProtobuf(_ field: Int, _ number: UInt64) {
        writeProtobufVarint(UInt64(field) << 3)
        writeProtobufVarint(number)
    }

    /// How many bytes a field of `length` bytes takes, with a field number below 16.
    static func protobufSize(ofField length: Int) -> Int {
        var size = 2 + length
        var rest = length >> 7
        while rest > 0 {
            size += 1
            rest >>= 7
        }
        return size
    }
}

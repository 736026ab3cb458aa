import NIOCore

/// Takes gRPC messages out of the bytes of a stream.
///
/// A message is refused by its length before its bytes are kept. Bytes are copied when a message is incomplete, so that what the
/// transport read is not held by what is left over.
struct GRPCFrames {
    private var pending = ByteBuffer()
    /// The most bytes of a message.
    var limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func append(_ bytes: inout ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.writeBuffer(&bytes)
        }
    }

    /// The next message; `nil` when more bytes are needed.
    ///
    /// - Throws: ``XDSError/Code/tooLarge``; ``XDSError/Code/unimplemented`` for a compressed message.
    mutating func next() throws(XDSError) -> ByteBuffer? {
        guard
            let flag = pending.getInteger(at: pending.readerIndex, as: UInt8.self),
            let length = pending.getInteger(at: pending.readerIndex + 1, as: UInt32.self)
        else {
            settle()
            return nil
        }
        guard flag == 0 else {
            throw XDSError(.unimplemented, "the message is compressed, or no gRPC message at all")
        }
        guard length <= limit else {
            throw XDSError(.tooLarge, "a message of \(length) bytes is larger than the \(limit) that are allowed")
        }
        guard pending.readableBytes >= 5 + Int(length) else {
            settle()
            return nil
        }
        pending.moveReaderIndex(forwardBy: 5)
        return pending.readSlice(length: Int(length))
    }

    /// How many bytes wait.
    var size: Int { pending.readableBytes }

    private mutating func settle() {
        if pending.readableBytes == 0 {
            pending = ByteBuffer()
        } else if pending.readerIndex > 0 {
            var copy = ByteBufferAllocator().buffer(capacity: pending.readableBytes)
            copy.writeBuffer(&pending)
            pending = copy
        }
    }

    /// As gRPC wants the text of a status.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(2048) {
            if byte >= 0x20, byte <= 0x7E, byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The five bytes before a message.
    static func writeHead(_ length: Int, to bytes: inout ByteBuffer) {
        bytes.writeInteger(UInt8(0))
        bytes.writeInteger(UInt32(length))
    }
}

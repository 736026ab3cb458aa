/// What is wrong with a protobuf message, and where.
package struct ProtobufError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The message ends within a field.
        case truncated
        /// The bytes are not the wire format, or use its long deprecated groups.
        case malformed
        /// A field has another wire type than the one asked for.
        case typeMismatch
        /// A string is not UTF-8.
        case encoding
        /// Not one of Kubernetes' envelopes, or one whose content cannot be read.
        case unsupported
    }

    package var code: Code
    package var message: String
    /// Offset of the offending byte from the start of the buffer that was read.
    package var offset: Int

    package init(_ code: Code, _ message: String, offset: Int) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    package var description: String { "\(message) at byte \(offset)" }
}

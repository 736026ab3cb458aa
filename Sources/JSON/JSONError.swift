/// What is wrong with a piece of JSON, and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The bytes are not JSON (RFC 8259), or end too early.
        case syntax
        /// The JSON is well formed but holds another type than the one asked for.
        case typeMismatch
        /// Nested deeper than ``JSONReader/maximumDepth``.
        case tooDeep
        /// More values than the reader was told to build.
        case tooMany
        /// A string is not UTF-8 or has an unpaired surrogate.
        case encoding
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

/// Why something of admission or its certificates did not go well.
package struct AdmissionError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        /// The bytes are no admission review that can be answered.
        case request
        /// The request is larger than is read.
        case tooLarge
        /// A certificate or key cannot be read, made or used.
        case certificate
        /// The server's address cannot be listened on.
        case bind
        /// The server was run before, or has ended.
        case ended
        /// The Secret of the certificates cannot be read or written.
        case secret
        /// The bundle cannot be published, or what is published cannot be read.
        case publication
    }

    package let code: Code
    /// Names the object or field, and what would be right.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { cause.map { "\(message): \($0)" } ?? message }
}

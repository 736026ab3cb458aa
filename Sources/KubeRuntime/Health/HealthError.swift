/// Why a health server does not serve.
package struct HealthError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        /// The text is no address to listen on.
        case address
        /// The address cannot be listened on: it is in use, not ours, or a privileged port.
        case bind
        /// The server was run before, or has ended.
        case ended
    }

    package let code: Code
    package let message: String
    package let cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { cause.map { "\(message): \($0)" } ?? message }
}

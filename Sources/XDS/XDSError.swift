/// Why a stream is ended, or why the server does not serve.
package struct XDSError: Error, Hashable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The bytes are no message of the protocol.
        case malformed
        /// A message, a list or a name is larger than allowed.
        case tooLarge
        /// Not a method that is served.
        case unimplemented
        /// The caller did not show who it is.
        case unauthenticated
        /// The caller is not who it claims to be.
        case permissionDenied
        /// The server ends or is overloaded; another attempt may succeed.
        case unavailable
        /// The server cannot listen or has no certificate.
        case bind
        /// Something that the caller waits for did not come in time.
        case deadline
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// As gRPC numbers it.
    var grpcStatus: Int {
        switch code {
        case .malformed: 3
        case .deadline: 4
        case .permissionDenied: 7
        case .tooLarge: 8
        case .unimplemented: 12
        case .unavailable, .bind: 14
        case .unauthenticated: 16
        }
    }
}

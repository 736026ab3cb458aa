/// Why there is no response, or why a body ended early.
package struct TransportError: Error, Sendable, Hashable {
    /// The kinds of failure.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The name of the host or of the proxy has no address.
        case resolve
        /// No connection: refused, unreachable, or the proxy said no.
        case connect
        /// The peers do not accept each other: untrusted or expired certificate, wrong name, client certificate
        /// refused or unusable. Does not go away by itself.
        case tls
        /// The time of the request or of its connection ran out.
        case timeout
        /// The stream was silent for its idle timeout.
        case idle
        /// The connection broke before the response was complete, or during the handshake.
        case connectionLost
        /// The server closed the connection in the middle of the body.
        case truncated
        /// The head of the response exceeds ``TransportConfiguration/maximumHeadSize``.
        case headTooLarge
        /// The body exceeds the limit of the caller.
        case bodyTooLarge
        /// The peer does not speak HTTP/1.1.
        case protocolViolation
        /// The request or the endpoint cannot be put on a wire, or a body was read by two at once.
        case invalidRequest
        /// The caller's task was cancelled, or the body was dropped.
        case cancelled
        /// The transport was shut down.
        case shutdown
        /// Out of memory, threads or descriptors.
        case resources
        /// The request's ``HTTPRequest/gate`` was closed before it was sent, or before it was answered.
        case gateClosed
    }

    /// The kind of failure.
    package var code: Code
    /// Method and URL without credentials, then libcurl's words or ours.
    package var message: String
    /// Whether any byte of the request may have reached the server. If not, repeating it is safe for every method.
    package var wasSent: Bool

    package init(_ code: Code, _ message: String, wasSent: Bool) {
        self.code = code
        self.message = message
        self.wasSent = wasSent
    }

    /// Whether the same request may succeed later with nothing changed. Says nothing about whether it was carried out:
    /// for that see ``wasSent``.
    package var isRetryable: Bool {
        switch code {
        case .resolve, .connect, .timeout, .idle, .connectionLost, .truncated, .resources: true
        case .tls, .headTooLarge, .bodyTooLarge, .protocolViolation, .invalidRequest, .cancelled, .shutdown,
            .gateClosed:
            false
        }
    }
}

extension TransportError: CustomStringConvertible {
    package var description: String {
        "\(code.rawValue): \(message)"
    }
}

extension TransportError.Code {
    /// What went wrong, for failures that libcurl only knows as an error of our callback.
    var explanation: String {
        switch self {
        case .headTooLarge: "the head of the response is too large"
        case .bodyTooLarge: "the body of the response is too large"
        case .protocolViolation: "the response is not HTTP/1.1"
        case .gateClosed: "its time to be sent is over"
        default: rawValue
        }
    }
}

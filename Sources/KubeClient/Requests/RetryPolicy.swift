import KubeTransport

/// When a unary request is sent again, and after how long. Lists and watches are never: what comes after them is decided above.
struct RetryPolicy: Sendable {
    /// How often a request is sent at most.
    var maximumAttempts = 5
    /// The longest wait that is done here; if the server asks for more, the error is the caller's at once, with its `retryAfter`.
    var maximumWait: Duration = .seconds(5)
    /// The wait after the first connection failure; doubled after each further one.
    var connectionBackoff: Duration = .milliseconds(100)

    /// After which wait to send again, or `nil` to give up.
    ///
    /// The server has not carried out a request that it answers with 429 or with a `Retry-After`, so every verb may be sent
    /// again. When the connection failed, reads may, and what never left.
    ///
    /// - Parameter attempt: how often it was sent, from 1.
    func wait(after code: KubeError.Code, attempt: Int, isRead: Bool) -> Duration? {
        guard attempt < maximumAttempts else { return nil }
        switch code {
        case .status(let status):
            guard let seconds = status.retryAfterSeconds, status.code == 429 || status.code >= 500 else { return nil }
            let wait = Duration.seconds(max(seconds, 1))
            return wait <= maximumWait ? wait : nil
        case .transport(let error):
            guard error.isRetryable, !error.wasSent || (isRead && error.code == .connectionLost) else { return nil }
            return connectionBackoff * (1 << (attempt - 1))
        case .decoding, .credentials, .cancelled, .notLeading, .invalidRequest:
            return nil
        }
    }
}

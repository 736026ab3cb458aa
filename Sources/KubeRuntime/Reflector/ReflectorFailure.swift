import KubeClient

/// Why a list or a watch did not work. A status means the same as a response and as an event within a watch.
package struct ReflectorFailure: Hashable, Sendable {
    package enum Cause: String, Hashable, Sendable, CaseIterable {
        /// No connection, no credentials, or no answer that makes sense; also a body that broke off.
        case unreachable
        /// A watch ended at once and told nothing, or before it had told its initial events.
        case endedEarly
        /// 410: the version or the page is not kept any more.
        case expired
        /// 504 with this cause: the server is behind what we have seen.
        case versionTooLarge
        /// 429.
        case tooManyRequests
        /// 400 or 422: the server does not take the request as it is.
        case refused
        /// 401 or 403.
        case forbidden
        /// 404 or 405: the kind is not served.
        case notFound
        /// Any other status.
        case server
    }

    package var cause: Cause
    package var message: String
    /// How long the server wants to be left alone.
    package var retryAfter: Duration?

    package init(_ cause: Cause, _ message: String, retryAfter: Duration? = nil) {
        self.cause = cause
        self.message = message
        self.retryAfter = retryAfter
    }

    package init(_ status: KubeStatus) {
        let cause: Cause =
            switch status.code {
            case _ where status.isTooLargeResourceVersion: .versionTooLarge
            case 410: .expired
            case 429: .tooManyRequests
            case 400, 422: .refused
            case 401, 403: .forbidden
            case 404, 405: .notFound
            default: .server
            }
        self.init(cause, status.description, retryAfter: status.retryAfter)
    }

    package init(_ error: KubeError) {
        if let status = error.status {
            self.init(status)
        } else {
            self.init(.unreachable, error.description)
        }
    }
}

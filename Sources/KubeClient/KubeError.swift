import KubeModel
import KubeTransport

/// Why a request to the API server failed.
package struct KubeError: Error, Sendable {
    package enum Code: Sendable {
        /// The server, or something on the way to it, answered that it will not.
        case status(KubeStatus)
        /// There was no answer, or it broke off.
        case transport(TransportError)
        /// There was an answer that makes no sense.
        case decoding
        /// There are no credentials to send.
        case credentials
        /// The caller's task was cancelled before anything was sent.
        case cancelled
        /// The ``WriteFence`` is closed: another process may lead, whose business this is. If the request was under way already, its
        /// outcome is unknown.
        case notLeading
        /// There is no such request: a name in it cannot be one, see ``RequestPath``. Nothing was sent.
        case invalidRequest
    }

    package var code: Code
    /// In Kubernetes' words: `get`, `list`, `apply`; or an HTTP method for requests by path.
    package var verb: String
    /// What was asked for: the resource and the object's key, or a path.
    package var subject: String
    /// What went wrong, without verb and subject.
    package var message: String
    /// What it came from, where ``code`` does not hold it.
    package var cause: (any Error)?

    package init(_ code: Code, verb: String, subject: String, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.verb = verb
        self.subject = subject
        self.message = message
        self.cause = cause
    }
}

extension KubeError {
    /// What the server said, if it did.
    package var status: KubeStatus? {
        if case .status(let status) = code { status } else { nil }
    }

    package var isNotFound: Bool { status?.isNotFound ?? false }
    package var isAlreadyExists: Bool { status?.isAlreadyExists ?? false }
    package var isConflict: Bool { status?.isConflict ?? false }
    package var isGone: Bool { status?.isGone ?? false }
    package var isForbidden: Bool { status?.isForbidden ?? false }
    package var isUnauthorized: Bool { status?.isUnauthorized ?? false }
    package var isInvalid: Bool { status?.isInvalid ?? false }
    package var isTooManyRequests: Bool { status?.isTooManyRequests ?? false }
    package var isRefusal: Bool { status?.isRefusal ?? false }

    /// Whether it is the caller's own cancellation and no failure.
    package var isCancelled: Bool {
        switch code {
        case .cancelled: true
        case .transport(let error): error.code == .cancelled
        default: false
        }
    }

    /// Whether it was held back because this process does not lead: no failure of what was to be done.
    package var isNotLeading: Bool {
        if case .notLeading = code { true } else { false }
    }

    /// Whether nothing was asked, since a name in the request cannot be one.
    package var isInvalidRequest: Bool {
        if case .invalidRequest = code { true } else { false }
    }

    /// Whether the same request may succeed later with nothing changed on our side.
    package var isRetryable: Bool {
        switch code {
        case .status(let status): status.isRetryable
        case .transport(let error): error.isRetryable
        case .credentials: true
        case .decoding, .cancelled, .notLeading, .invalidRequest: false
        }
    }

    /// How long the server wants to be left alone, see ``KubeStatus/retryAfter``.
    package var retryAfter: Duration? { status?.retryAfter }
}

extension KubeError: CustomStringConvertible {
    package var description: String { "\(verb) \(subject): \(message)" }
}

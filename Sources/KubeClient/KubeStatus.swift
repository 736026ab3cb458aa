import KubeModel

/// Why the API server refused something, or what it did: `metav1.Status`.
package struct KubeStatus: Error, Hashable, Sendable {
    /// One of several things that were wrong, usually with one field.
    package struct Cause: Hashable, Sendable {
        package var reason = ""
        package var message = ""
        /// The field's path, such as `spec.replicas`.
        package var field = ""

        package init() {}
    }

    /// What the status is about.
    package struct Details: Hashable, Sendable {
        package var name = ""
        package var group = ""
        package var kind = ""
        package var uid = UID("")
        package var causes: [Cause] = []

        package init() {}
    }

    /// As the status codes of HTTP, whether it came as one or within a stream.
    package var code: Int
    /// A word such as `NotFound`; empty if the server gave none.
    package var reason: String
    /// For people.
    package var message: String
    package var details = Details()
    /// When to try again, if the server says so.
    package var retryAfterSeconds: Int?

    package init(code: Int, reason: String, message: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    package var causes: [Cause] { details.causes }
}

extension KubeStatus {
    /// The longest that a server's wish is believed: a proxy in front of it may ask for hours, and nothing else would wake who waits.
    private static let longestRetryAfter = 300

    /// How long the server wants to be left alone, within reason.
    package var retryAfter: Duration? {
        retryAfterSeconds.map { .seconds(min(max($0, 0), Self.longestRetryAfter)) }
    }

    package var isNotFound: Bool { code == 404 }
    package var isForbidden: Bool { code == 403 }
    package var isUnauthorized: Bool { code == 401 }
    package var isInvalid: Bool { code == 422 }
    package var isTooManyRequests: Bool { code == 429 }
    /// The state asked for is no longer kept: list again.
    package var isGone: Bool { code == 410 }
    package var isAlreadyExists: Bool { code == 409 && reason == "AlreadyExists" }
    /// Somebody else changed the object or owns the field.
    package var isConflict: Bool { code == 409 && reason != "AlreadyExists" }
    /// The server has not seen the resourceVersion yet that was asked for: ask for the present state.
    package var isTooLargeResourceVersion: Bool {
        code == 504
            && (causes.contains { $0.reason == "ResourceVersionTooLarge" }
                || message.contains("Too large resource version"))
    }

    /// Whether the server understood who asks for what and will not do it. Says nothing about other requests.
    package var isRefusal: Bool { (400..<500).contains(code) && ![401, 408, 429].contains(code) }

    /// Whether the same request may succeed later with nothing changed on our side.
    package var isRetryable: Bool {
        switch code {
        case 429, 500, 502, 503, 504: true
        case 409: reason != "AlreadyExists"
        default: false
        }
    }
}

extension KubeStatus: CustomStringConvertible {
    package var description: String {
        let head = reason.isEmpty ? "\(code)" : "\(code) \(reason)"
        return message.isEmpty ? head : "\(head): \(message)"
    }
}

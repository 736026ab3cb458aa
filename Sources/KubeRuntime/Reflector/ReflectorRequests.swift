import KubeModel

/// One page of a list.
package struct ReflectorList: Hashable, Sendable {
    /// How new the list is to be.
    package enum Version: Hashable, Sendable {
        /// Whatever the server has at hand: resourceVersion 0.
        case any
        /// What was seen, or later: never back in time.
        case notOlderThan(ResourceVersion)
        /// The newest, by a quorum: no resourceVersion.
        case newest
    }

    package var version: Version
    /// The most items of a page; `nil` for all at once.
    package var limit: Int?
    /// From the page before; `nil` for the first page.
    package var continueToken: String?

    package init(version: Version, limit: Int? = nil, continueToken: String? = nil) {
        self.version = version
        self.limit = limit
        self.continueToken = continueToken
    }

    package var isFirstPage: Bool { continueToken == nil }
}

/// One watch.
package struct ReflectorWatch: Hashable, Sendable {
    /// The version after which changes are told; with initial events, the version that these must have at least. `nil` for the newest.
    package var version: ResourceVersion?
    /// After how long the server ends the watch in good order.
    package var timeoutSeconds: Int
    /// Whether the watch begins with the present objects, and so takes the place of a list.
    package var sendInitialEvents: Bool

    package init(version: ResourceVersion?, timeoutSeconds: Int, sendInitialEvents: Bool = false) {
        self.version = version
        self.timeoutSeconds = timeoutSeconds
        self.sendInitialEvents = sendInitialEvents
    }
}

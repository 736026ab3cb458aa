/// How the objects of one kind are getting here.
package struct KindState: Hashable, Sendable {
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// Nothing has been answered yet.
        case connecting
        /// The server refuses: a role is missing, or we are nobody to it.
        case forbidden
        /// The server does not serve the kind.
        case notInstalled
        /// The first list is coming in.
        case syncing
        /// A whole list came in, and changes are followed.
        case synced
        /// A whole list came in once, but at present no changes come.
        case stalled
    }

    package var phase: Phase
    /// When the phase began.
    package var since: TimeSource.Instant
    /// What last went wrong, in the server's words; empty when nothing did.
    package var reason: String

    package init(phase: Phase, since: TimeSource.Instant, reason: String = "") {
        self.phase = phase
        self.since = since
        self.reason = reason
    }

    /// Whether there is something to work with. A stalled kind has: it is old, but it was whole.
    package var hasObjects: Bool { phase == .synced || phase == .stalled }
}

/// What a reflector does about a failure, after a back-off.
package enum ReflectorRemedy: Hashable, Sendable {
    /// The same again: the same page, or the watch from where it was.
    case retry
    /// A whole list, not older than what was seen.
    case relist
    /// A whole list of the newest state, whatever was seen.
    case relistNewest
    /// A whole list by LIST, at once, and no stream for some time.
    case listInstead

    /// What a reflector was at when it failed.
    package enum Step: String, Hashable, Sendable, CaseIterable {
        case list
        /// A page after the first one.
        case page
        /// A watch that has not told all of its initial events.
        case watchList
        case watch
    }

    /// Failures in a row, for one cause and without any progress, after which the ordinary remedy is not tried any more.
    package static let patience = 3

    /// The table of errors.
    ///
    /// - Parameter strikes: how often in a row watches failed for this cause, this time included.
    package init(for cause: ReflectorFailure.Cause, during step: Step, strikes: Int) {
        self =
            switch (cause, step) {
            case (.unreachable, _), (.tooManyRequests, _), (.forbidden, _): .retry

            case (.expired, .watch): strikes < 2 ? .relist : .relistNewest
            case (.expired, .watchList), (.versionTooLarge, .watchList): strikes < 2 ? .relistNewest : .listInstead
            case (.expired, _), (.versionTooLarge, _): .relistNewest

            case (.refused, .watchList): .listInstead
            case (.refused, .watch): strikes < 2 ? .relist : .relistNewest
            case (.refused, _): .relistNewest

            case (.notFound, .list), (.notFound, .watchList): .retry
            case (.notFound, _): .relist

            case (.endedEarly, .watchList): strikes < 2 ? .retry : .listInstead
            // A server that can list and not stream says so in whichever words; if it cannot list either, that is seen at once.
            case (.server, .watchList): .listInstead
            case (.endedEarly, .watch), (.server, .watch): strikes < Self.patience ? .retry : .relist
            case (.endedEarly, _), (.server, _): .retry
            }
    }
}

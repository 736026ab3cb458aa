import KubeClient
import KubeModel

/// Decides how the objects of one kind are kept up with: what to list, what to watch, how long to wait.
///
/// Each input that ends a step returns the next action; the caller performs it and tells the outcome by the next input.
///
/// Guarantees:
/// - Every failure is answered by ``ReflectorRemedy``, whether it came as a response or within a watch, after a back-off.
/// - A list is whole when it is swept: all pages, or initial events up to their bookmark.
/// - A watch goes on from the last version seen. Never back in time, unless the server no longer knows what was seen.
package struct ReflectorMachine: ~Copyable {
    package typealias Instant = TimeSource.Instant

    package enum Action: Hashable, Sendable {
        /// List a page. With the first page a fill of the store begins.
        case list(ReflectorList)
        /// End the fill: the list is whole. Then tell ``swept(now:)``.
        case sweep(ResourceVersion)
        /// Watch. With initial events a fill of the store begins.
        case watch(ReflectorWatch)
        case wait(until: Instant)
    }

    private struct Watching {
        let request: ReflectorWatch
        var openedAt: Instant?
        var hasEvents = false
        /// Whether there was a bookmark, other than the one that ends initial events.
        var hasBookmark = false
        /// Whether initial events are still to come.
        var isInitial: Bool
    }

    private enum State {
        case idle
        /// - Exits: the next page, sweeping, or waiting.
        case listing(ReflectorList)
        /// - Exits: watching.
        case sweeping
        /// - Exits: watching again, waiting, or listing if initial events did not come.
        case watching(Watching)
        /// - Exits: what was to be done after the wait.
        case waiting(then: Intent)
    }

    private enum Intent {
        case whole
        case page(ReflectorList)
        case resume
    }

    private let options: ReflectorOptions
    private var random: SplitMix64
    private var state = State.idle
    private var hasSynced = false
    private var lastVersion: ResourceVersion?
    private var wantsNewest = false
    private var isPagingGivenUp = false
    /// No list is asked for as a stream before.
    private var streamsAgainAt: Instant?
    /// How often in a row streaming was given up.
    private var streamFailures = 0
    /// Whether a watch without any bookmark is suspect. All servers from 1.17 on tell them, unless their watch cache is off.
    private var expectsBookmarks = true
    private var hasSeenBookmark = false
    /// Pages that had expired since the last whole list.
    private var expiredPages = 0
    /// Failures in a row of watches, for one cause and without an event between them.
    private var watchStrikes = 0
    private var strikingCause: ReflectorFailure.Cause?
    private var backoffFailures = 0
    private var lastFailure: Instant?

    package private(set) var kindState: KindState

    package init(options: ReflectorOptions = ReflectorOptions(), seed: UInt64, now: Instant) {
        self.options = options
        random = SplitMix64(seed: seed)
        kindState = KindState(phase: .connecting, since: now)
    }

    /// The first action.
    package mutating func start(now: Instant) -> Action { beginWhole(now: now) }

    /// The wait is over.
    package mutating func waited(now: Instant) -> Action {
        guard case .waiting(let intent) = state else { preconditionFailure("no wait was asked for") }
        switch intent {
        case .whole: return beginWhole(now: now)
        case .resume: return beginWatch()
        case .page(let request):
            state = .listing(request)
            return .list(request)
        }
    }

    // MARK: - Lists

    /// The first item of a list has come, or a watch was accepted that will bring initial events.
    package mutating func answered(now: Instant) {
        if !hasSynced { enter(.syncing, now: now) }
    }

    /// A page is complete.
    package mutating func listed(_ end: ListEnd, now: Instant) -> Action {
        guard case .listing(let request) = state else { preconditionFailure("no list was asked for") }
        answered(now: now)
        if let token = end.continueToken, !token.isEmpty {
            let next = ReflectorList(version: request.version, limit: request.limit, continueToken: token)
            state = .listing(next)
            return .list(next)
        }
        guard let version = ResourceVersion(end.resourceVersion) else {
            return failed(
                ReflectorFailure(.server, "the list's resourceVersion is no number: \(end.resourceVersion)"),
                now: now
            )
        }
        return complete(version)
    }

    /// The fill was ended.
    ///
    /// - Returns: `nil` when the watch that brought the list goes on.
    package mutating func swept(now: Instant) -> Action? {
        enter(.synced, now: now)
        hasSynced = true
        if case .watching = state { return nil }
        return beginWatch()
    }

    // MARK: - Watches

    package mutating func watchOpened(now: Instant) {
        guard case .watching(var watching) = state else { preconditionFailure("no watch was asked for") }
        watching.openedAt = now
        state = .watching(watching)
        // Of a kind that was taken away and is installed again, nothing is known before its initial events have ended.
        let isKnown = hasSynced && (kindState.hasObjects || !watching.isInitial)
        enter(isKnown ? .synced : .syncing, now: now)
    }

    /// The list that was to be streamed is not to be asked for so, as the server is known to refuse that.
    package mutating func streamingRefused() -> Action {
        guard case .watching(let watching) = state, watching.isInitial else {
            preconditionFailure("no stream was asked for")
        }
        return beginList()
    }

    /// Whether initial events are still to come of the present watch.
    package var isStreaming: Bool {
        if case .watching(let watching) = state { watching.isInitial } else { false }
    }

    /// How long the present watch may be silent.
    package var idleTimeout: Duration {
        guard case .watching(let watching) = state else { return options.initialEventsTimeout }
        if watching.isInitial { return options.initialEventsTimeout }
        let whole = Duration.seconds(watching.request.timeoutSeconds) + options.idleGrace
        return expectsBookmarks ? min(options.bookmarkInterval * 2 + options.idleGrace, whole) : whole
    }

    /// How long the present watch may be silent before the kind is to be shown as stalled; `nil` when silence says nothing yet.
    package var quietLimit: Duration? {
        guard case .watching(let watching) = state, !watching.isInitial, watching.openedAt != nil else { return nil }
        return expectsBookmarks && hasSeenBookmark ? options.quietLimit : nil
    }

    /// An object was added, modified or deleted, or could not be read.
    ///
    /// - Returns: whether every change up to this version has now been told; not so for initial events, which come in any order.
    package mutating func received(_ version: ResourceVersion?) -> Bool {
        guard case .watching(var watching) = state else { preconditionFailure("no watch was asked for") }
        if !watching.hasEvents {
            watching.hasEvents = true
            state = .watching(watching)
        }
        guard !watching.isInitial else { return false }
        watchStrikes = 0
        guard let version else { return false }
        lastVersion = max(lastVersion ?? version, version)
        return true
    }

    /// What a bookmark means.
    package enum BookmarkEffect: Hashable, Sendable {
        case none
        /// Every change up to the bookmark's version has been told.
        case progress
        /// The list that the initial events made is whole: end the fill and tell ``swept(now:)``.
        case sweep(ResourceVersion)
    }

    package mutating func bookmarked(_ version: ResourceVersion, isInitialEventsEnd: Bool) -> BookmarkEffect {
        let isProgress = received(version)
        guard case .watching(var watching) = state, isProgress || isInitialEventsEnd else { return .none }
        let endsInitialEvents = watching.isInitial
        // Any server that knows initial events tells their end; only other bookmarks tell that they come regularly.
        if !isInitialEventsEnd {
            watching.hasBookmark = true
            expectsBookmarks = true
            hasSeenBookmark = true
        }
        watching.isInitial = false
        state = .watching(watching)
        guard endsInitialEvents else { return .progress }
        _ = complete(version)
        return .sweep(version)
    }

    /// The watch ended in good order.
    package mutating func ended(now: Instant) -> Action {
        guard case .watching(let watching) = state else { preconditionFailure("no watch was asked for") }
        if watching.isInitial {
            return failed(ReflectorFailure(.endedEarly, "the watch ended before its initial events did"), now: now)
        }
        let lived = watching.openedAt?.duration(to: now) ?? .zero
        if !watching.hasEvents, lived < options.shortestWatch {
            return failed(ReflectorFailure(.endedEarly, "the watch ended at once and told nothing"), now: now)
        }
        watchStrikes = 0
        return beginWatch()
    }

    /// The watch was silent for longer than it may.
    package mutating func idled(now: Instant) -> Action {
        guard case .watching(let watching) = state else { preconditionFailure("no watch was asked for") }
        if watching.isInitial {
            restStreaming(now: now)
            return beginList()
        }
        // Another server behind the same address may not tell bookmarks.
        if !watching.hasBookmark { expectsBookmarks = false }
        enter(.stalled, "the watch was silent for \(idleTimeout)", now: now)
        return beginWatch()
    }

    // MARK: - Failures

    /// The list or the watch at hand failed, in whichever way.
    package mutating func failed(_ failure: ReflectorFailure, now: Instant) -> Action {
        let step: ReflectorRemedy.Step
        var intent: Intent
        var lived = Duration.zero
        switch state {
        case .listing(let request):
            step = request.isFirstPage ? .list : .page
            intent = .page(request)
        case .watching(let watching):
            step = watching.isInitial ? .watchList : .watch
            watchStrikes = failure.cause == strikingCause ? watchStrikes + 1 : 1
            strikingCause = failure.cause
            intent = watching.isInitial ? .whole : .resume
            lived = watching.openedAt?.duration(to: now) ?? .zero
        case .idle, .sweeping, .waiting:
            preconditionFailure("nothing was asked for that could fail")
        }
        switch ReflectorRemedy(for: failure.cause, during: step, strikes: watchStrikes) {
        case .retry: break
        case .relist: intent = .whole
        case .relistNewest:
            // A page that is gone twice in a row will be gone again: the list takes longer than the server keeps it.
            if step == .page { expiredPages += 1 }
            isPagingGivenUp = expiredPages > 1
            wantsNewest = true
            intent = .whole
        case .listInstead:
            restStreaming(now: now)
            intent = .whole
            if failure.retryAfter == nil {
                note(failure, now: now)
                return beginList()
            }
        }
        note(failure, now: now)
        state = .waiting(then: intent)
        return .wait(until: now.advanced(by: delay(after: failure, lived: lived, now: now)))
    }

    private mutating func note(_ failure: ReflectorFailure, now: Instant) {
        switch failure.cause {
        case .forbidden: enter(.forbidden, failure.message, now: now)
        case .notFound: enter(.notInstalled, failure.message, now: now)
        default: enter(hasSynced ? .stalled : .connecting, failure.message, now: now)
        }
    }

    private mutating func delay(after failure: ReflectorFailure, lived: Duration, now: Instant) -> Duration {
        let quiet = lastFailure.map { $0.duration(to: now) } ?? .zero
        if quiet > options.backoffResetsAfter || lived >= options.healthyWatch { backoffFailures = 0 }
        lastFailure = now
        defer { backoffFailures += 1 }
        let isSlow = failure.cause == .forbidden || failure.cause == .notFound
        return (isSlow ? options.slowBackoff : options.backoff).delay(
            previousFailures: backoffFailures,
            minimum: failure.retryAfter,
            using: &random
        )
    }

    // MARK: - Steps

    private mutating func beginWhole(now: Instant) -> Action {
        let mayStream = options.usesWatchList && streamsAgainAt.map { $0 <= now } ?? true
        return mayStream ? beginWatch(version: wantsNewest ? nil : lastVersion, isInitial: true) : beginList()
    }

    private mutating func restStreaming(now: Instant) {
        streamsAgainAt = now.advanced(by: options.streamingRest.ceiling(previousFailures: streamFailures))
        streamFailures += 1
    }

    private mutating func beginList() -> Action {
        let version: ReflectorList.Version = wantsNewest ? .newest : lastVersion.map { .notOlderThan($0) } ?? .any
        // A list of any version comes from the server's memory, whole whatever the limit.
        let limit = version == .any || isPagingGivenUp ? nil : options.pageLimit
        let request = ReflectorList(version: version, limit: limit)
        state = .listing(request)
        return .list(request)
    }

    private mutating func complete(_ version: ResourceVersion) -> Action {
        lastVersion = version
        wantsNewest = false
        isPagingGivenUp = false
        expiredPages = 0
        if case .listing = state {
            state = .sweeping
        } else {
            watchStrikes = 0
            streamFailures = 0
            streamsAgainAt = nil
        }
        return .sweep(version)
    }

    private mutating func beginWatch() -> Action { beginWatch(version: lastVersion, isInitial: false) }

    private mutating func beginWatch(version: ResourceVersion?, isInitial: Bool) -> Action {
        let request = ReflectorWatch(
            version: version,
            timeoutSeconds: Int.random(in: options.watchTimeoutSeconds, using: &random),
            sendInitialEvents: isInitial
        )
        state = .watching(Watching(request: request, isInitial: isInitial))
        return .watch(request)
    }

    private mutating func enter(_ phase: KindState.Phase, _ reason: String = "", now: Instant) {
        if kindState.phase != phase { kindState.since = now }
        kindState.phase = phase
        kindState.reason = reason
    }
}

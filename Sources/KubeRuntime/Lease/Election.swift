import KubeModel

/// Decides, for one of several replicas, when it leads: the rules of client-go's leader election, made safe to fence by.
///
/// Without clock and I/O. The shell reports what happened with ``step(_:now:)``, performs the actions, and comes back at ``wakeAt`` at the latest.
/// It performs one call at a time and reports one result for each.
///
/// # Guarantees
/// - The lease of another is taken when its record was seen unchanged for its own duration on our clock, or for ours where that is absurd; what its
///   timestamps say is not looked at. Clocks may show different times, and run at rates that differ by less than ``ElectionTimes/margin`` allows.
/// - Every write names the version that it replaces, so that of two who try one succeeds.
/// - We lead until ``ElectionTimes/leadUntil(sent:answered:)``, which is before the lease can be another's, and whatever was reported too late to
///   know does not prolong it.
/// - After a term, no other begins until the work of the first has ended (``Input/drained``).
package struct Election: ~Copyable {
    package typealias Instant = TimeSource.Instant

    package enum Input: Hashable, Sendable {
        /// The time has come that was waited for.
        case wokeUp
        /// A watch showed the lease, maybe an old state; `nil` when it was deleted.
        case observed(LeaseState?)
        /// A read succeeded; `nil` when there is no lease.
        case read(LeaseState?)
        /// A write succeeded.
        case written(LeaseState)
        /// A write was refused because the lease has another version, is there already, or is gone.
        case conflicted
        /// A call failed. A write may have been carried out all the same, or may be later.
        case failed
        /// All work of the term has ended.
        case drained
        /// Lead no more, give the lease back if it is ours, and end.
        case resign
    }

    package enum Action: Hashable, Sendable {
        case read
        case write(LeaseWrite)
        /// A term begins.
        case lead(until: Instant)
        /// The term goes on.
        case extend(until: Instant)
        /// The term is over: send nothing any more, end the work, and report ``Input/drained``.
        case stopLeading(Loss)
        case end
    }

    /// Why a term ended.
    package enum Loss: String, Hashable, Sendable {
        case notRenewed = "the lease was not renewed in time"
        case taken = "another replica holds the lease"
        case deleted = "the lease was deleted"
        case resigned = "this replica ends"
    }

    private enum Role: Equatable {
        case following
        case leading(until: Instant)
        /// The term is over, its work is not.
        case yielding
        case ended
    }

    private enum Call: Equatable {
        case none
        case reading(since: Instant)
        case writing(LeaseWrite)

        var began: Instant? {
            switch self {
            case .none: nil
            case .reading(let since): since
            case .writing(let write): write.sent
            }
        }
    }

    private enum Knowledge {
        /// It is to be read.
        case none
        /// There is none. One may be made from then on.
        case absent(makeAt: Instant)
        /// Seen in this state since then.
        case lease(LeaseState, since: Instant)
    }

    private let identity: String
    private let times: ElectionTimes
    private var random: SplitMix64
    private var role = Role.following
    private var call = Call.none
    private var knowledge = Knowledge.none
    /// Whether what is known is to be read again before anything is written.
    private var isStale = false
    /// Not to try anything before.
    private var notBefore: Instant?
    private var conflicts = 0
    /// Set by ``Input/resign``: until when the release may take.
    private var resignsUntil: Instant?
    /// How long after the others' leases ran out, so that not all try at once.
    private let tardiness: Duration
    /// When ``step(_:now:)`` is to be called at the latest, with ``Input/wokeUp``; `nil` when only a report leads on.
    package private(set) var wakeAt: Instant?

    /// - Parameters:
    ///   - identity: of this replica, and of no other that was or will be.
    ///   - seed: of the jitter.
    package init(identity: String, times: ElectionTimes, seed: UInt64) {
        self.identity = identity
        self.times = times
        random = SplitMix64(seed: seed)
        tardiness = times.retryPeriod / 4 * random.nextFraction()
    }

    package var isLeading: Bool { if case .leading = role { true } else { false } }
    package var hasEnded: Bool { role == .ended }

    /// Who holds the lease, as far as is known; `nil` when nobody does.
    package var holder: String? {
        if case .lease(let state, _) = knowledge, !state.record.holder.isEmpty { state.record.holder } else { nil }
    }

    /// Takes in what happened.
    ///
    /// - Parameter now: read after what is reported had happened, and before the actions are performed.
    /// - Returns: what to do, in this order.
    package mutating func step(_ input: Input, now: Instant) -> [Action] {
        guard role != .ended else { return [] }
        var actions: [Action] = []
        // First of all: what comes too late must not make good what was missed.
        if case .leading(let until) = role, now >= until { stop(.notRenewed, &actions) }
        switch input {
        case .wokeUp: break
        case .observed(let state): observe(state, now, &actions)
        case .read(let state):
            call = .none
            learn(state, now, &actions)
        case .written(let state): written(state, now, &actions)
        case .conflicted:
            call = .none
            isStale = true
            conflicts += 1
            if conflicts > 3 { postpone(now) }
        case .failed:
            // A call that took long has waited already, and a leader's time is running out.
            let began = call.began ?? now
            call = .none
            postpone(began)
            notBefore = max(notBefore ?? now, now.advanced(by: times.retryPeriod / 4))
        case .drained:
            guard role == .yielding else { break }
            role = .following
            if resignsUntil != nil { resignsUntil = now.advanced(by: times.callTimeout) }
        case .resign:
            if resignsUntil == nil { resignsUntil = now.advanced(by: times.callTimeout) }
            stop(.resigned, &actions)
        }
        goOn(now, &actions)
        return actions
    }

    // MARK: - What is known

    private mutating func observe(_ state: LeaseState?, _ now: Instant, _ actions: inout [Action]) {
        guard let state else {
            // A watch may be behind: a read tells, at once.
            isStale = true
            notBefore = nil
            return
        }
        if let known, state.version <= known.version { return }
        // The answer to what was written is still to come.
        if case .writing = call, state.record.holder == identity { return }
        learn(state, now, &actions)
    }

    private mutating func learn(_ state: LeaseState?, _ now: Instant, _ actions: inout [Action]) {
        isStale = false
        guard let state else {
            switch knowledge {
            case .absent: break
            case .lease(let old, let since) where old.record.holder != identity && !old.record.holder.isEmpty:
                // Its holder may lead on until it finds out.
                knowledge = .absent(makeAt: expiry(of: old, since))
            case .none, .lease: knowledge = .absent(makeAt: now)
            }
            return stop(.deleted, &actions)
        }
        var since = now
        if case .lease(let old, let seen) = knowledge, old.record == state.record { since = seen }
        knowledge = .lease(state, since: since)
        if state.record.holder != identity { stop(.taken, &actions) }
    }

    private var known: LeaseState? { if case .lease(let state, _) = knowledge { state } else { nil } }

    private func expiry(of state: LeaseState, _ since: Instant) -> Instant {
        since.advanced(by: times.believed(state.record.durationSeconds))
    }

    // MARK: - What follows

    private mutating func written(_ state: LeaseState, _ now: Instant, _ actions: inout [Action]) {
        guard case .writing(let write) = call else { return }
        call = .none
        conflicts = 0
        // Somebody else's later state was seen meanwhile.
        if let known, known.version > state.version { return }
        isStale = false
        knowledge = .lease(state, since: now)
        guard write.purpose != .release else { return end(&actions) }
        let until = times.leadUntil(sent: write.sent, answered: now)
        notBefore = nil
        switch role {
        case .leading:
            role = .leading(until: until)
            actions.append(.extend(until: until))
            notBefore = write.sent.advanced(by: times.retryPeriod)
        case .following where until > now && resignsUntil == nil:
            role = .leading(until: until)
            actions.append(.lead(until: until))
            notBefore = write.sent.advanced(by: times.retryPeriod)
        case .following, .yielding, .ended: break
        }
    }

    private mutating func stop(_ loss: Loss, _ actions: inout [Action]) {
        guard case .leading = role else { return }
        role = .yielding
        notBefore = nil
        actions.append(.stopLeading(loss))
    }

    private mutating func end(_ actions: inout [Action]) {
        role = .ended
        wakeAt = nil
        actions.append(.end)
    }

    private mutating func postpone(_ now: Instant) {
        notBefore = now.advanced(by: times.retryPeriod * (1 + 0.2 * random.nextFraction()))
    }

    /// Begins the call that is due, or says when one will be.
    private mutating func goOn(_ now: Instant, _ actions: inout [Action]) {
        wakeAt = nil
        switch role {
        case .ended, .yielding: return
        case .leading(let until): wakeAt = until
        case .following:
            guard let resignsUntil else { break }
            guard now < resignsUntil else { return end(&actions) }
            wakeAt = resignsUntil
        }
        guard call == .none else { return }
        guard let plan = plan() else { return end(&actions) }
        for case let instant? in [plan.due, notBefore] where instant > now {
            wakeAt = wakeAt.map { min($0, instant) } ?? instant
            return
        }
        switch plan.next {
        case .read:
            call = .reading(since: now)
            actions.append(.read)
        case .write(let purpose, let base):
            let write = LeaseWrite(purpose: purpose, base: base, sent: now)
            call = .writing(write)
            actions.append(.write(write))
        }
    }

    private enum Next {
        case read
        case write(LeaseWrite.Purpose, base: LeaseState?)
    }

    /// The next call, and from when on; `nil` when there is nothing to give back before the end.
    private func plan() -> (due: Instant?, next: Next)? {
        if resignsUntil != nil {
            guard let known, known.record.holder == identity else { return nil }
            return (nil, isStale ? .read : .write(.release, base: known))
        }
        if isStale { return (nil, .read) }
        switch knowledge {
        case .none: return (nil, .read)
        case .absent(let makeAt): return (makeAt, .write(.acquire, base: nil))
        case .lease(let state, _) where isLeading: return (nil, .write(.renew, base: state))
        case .lease(let state, _) where state.record.holder.isEmpty || state.record.holder == identity:
            return (nil, .write(.acquire, base: state))
        case .lease(let state, let since):
            return (expiry(of: state, since).advanced(by: tardiness), .write(.acquire, base: state))
        }
    }
}

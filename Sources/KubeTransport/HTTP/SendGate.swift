import Synchronization

/// Until when requests may be sent. The transport asks it in the last moment: see ``HTTPRequest/gate``.
///
/// The time is that of `ContinuousClock`, which goes on while the machine is suspended. A gate that was closed stays closed, also for who
/// would open it later: what was decided before is not sent after.
package final class SendGate: Sendable {
    /// On the clock of ``MonotonicInstant``.
    private let deadline: Atomic<Int64>
    private static let closed = Int64.min

    /// - Parameter instant: from when on nothing is sent.
    package init(until instant: ContinuousClock.Instant) {
        deadline = Atomic(Self.nanoseconds(of: instant))
    }

    /// Sends until a later instant; an earlier one changes nothing.
    package func extend(until instant: ContinuousClock.Instant) {
        let new = Self.nanoseconds(of: instant)
        var known = deadline.load(ordering: .acquiring)
        while known != Self.closed, known < new {
            let (exchanged, original) = deadline.compareExchange(
                expected: known,
                desired: new,
                ordering: .acquiringAndReleasing
            )
            if exchanged { return }
            known = original
        }
    }

    /// Nothing is sent any more.
    package func close() { deadline.store(Self.closed, ordering: .releasing) }

    /// Whether what is sent now may be.
    package var isOpen: Bool { MonotonicInstant.now() < instant }

    var instant: MonotonicInstant { MonotonicInstant(nanoseconds: deadline.load(ordering: .acquiring)) }

    /// Reads this clock first: a process that is frozen between the two readings gets a deadline that is too early, never too late.
    private static func nanoseconds(of instant: ContinuousClock.Instant) -> Int64 {
        let here = MonotonicInstant.now()
        let remaining = ContinuousClock.now.duration(to: instant)
        return remaining > .zero ? (here + remaining).nanoseconds : closed + 1
    }
}

extension SendGate: Hashable {
    package static func == (left: SendGate, right: SendGate) -> Bool { left === right }
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

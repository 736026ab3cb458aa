/// Where a replica stands, as those see it who work only while it leads.
package struct Leadership: Hashable, Sendable {
    package enum Phase: Hashable, Sendable {
        case standingBy
        /// In this term of this process.
        case leading(term: Int)
        /// The term is over; the work of it is ending.
        case yielding
        case ended
    }

    package var phase = Phase.standingBy
    /// How many are at work for the present term.
    var workers = 0
    /// Who holds the lease, as far as is known.
    package var holder: String?
    /// Why the lease cannot be had at present; `nil` while all is well.
    package var fault: String?
    /// What makes no sense about the lease as it was seen last; empty when all does.
    var recordFault = ""
    /// Whether the lease was ever seen.
    var hasSeenLease = false

    /// Of the terms of this process, counted from 1.
    private var lastTerm = 0

    /// Begins a term.
    mutating func lead() -> Int {
        lastTerm += 1
        phase = .leading(term: lastTerm)
        return lastTerm
    }

    package var isLeading: Bool { if case .leading = phase { true } else { false } }

    /// Begins work of the present term, unless that is over.
    mutating func join(after last: Int) -> Int? {
        guard case .leading(let term) = phase, term > last else { return nil }
        workers += 1
        return term
    }

    func isBeyond(_ term: Int) -> Bool {
        if case .leading(let present) = phase { present > term } else { false }
    }
}

import Injection
import KubeRuntime

/// Which namespaces are read from the API server, that the store has not seen yet. Pure.
///
/// Whoever reaches the webhook names namespaces as he likes. Therefore one read of a name is under way at a time, few of different names, and
/// few in a second; what came of it is kept for a moment, also that there is none.
struct NamespaceReads: Sendable {
    struct Limits: Sendable {
        /// Reads under way at a time.
        var concurrency = 4
        /// Reads in a row.
        var burst = 20
        /// Further reads in a second.
        var rate = 5
        /// How long what came of a read is kept.
        var memory = Duration.seconds(2)

        init() {}
    }

    /// What came of a read; `nil` when there is no such namespace.
    typealias Outcome = NamespaceMetadata?

    enum Decision: Equatable {
        case known(NamespaceMetadata)
        case missing
        /// To be read by whoever asked, who then calls ``end(_:_:now:)``.
        case read
        /// Somebody else reads it.
        case wait
        /// There are too many.
        case refused
    }

    private struct Memory {
        let outcome: Outcome
        let end: TimeSource.Instant
    }

    private let limits: Limits
    private var running: Set<String> = []
    private var memory: [String: Memory] = [:]
    /// In thousandths of a read.
    private var budget: Int64
    private var lastLook: TimeSource.Instant?

    init(limits: Limits = Limits()) {
        self.limits = limits
        budget = Int64(limits.burst) * 1000
    }

    mutating func ask(for name: String, now: TimeSource.Instant) -> Decision {
        memory = memory.filter { $0.value.end > now }
        if let known = memory[name] { return known.outcome.map { .known($0) } ?? .missing }
        if running.contains(name) { return .wait }
        refill(now)
        guard running.count < limits.concurrency, budget >= 1000 else { return .refused }
        budget -= 1000
        running.insert(name)
        return .read
    }

    /// The read is over.
    ///
    /// - Parameter outcome: `.none` when nothing can be said.
    mutating func end(_ name: String, _ outcome: Outcome?, now: TimeSource.Instant) {
        running.remove(name)
        guard let outcome else { return }
        memory[name] = Memory(outcome: outcome, end: now.advanced(by: limits.memory))
    }

    func isRunning(_ name: String) -> Bool { running.contains(name) }

    private mutating func refill(_ now: TimeSource.Instant) {
        let passed = lastLook.map { $0.duration(to: now) } ?? .zero
        lastLook = now
        let milliseconds = min(max(passed / .milliseconds(1), 0), 3_600_000)
        budget = min(budget + Int64(milliseconds * Double(limits.rate)), Int64(limits.burst) * 1000)
    }
}

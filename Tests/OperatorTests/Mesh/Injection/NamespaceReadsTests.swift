import Injection
import Testing

@testable import Operator

/// Which reads of namespaces are let through.
struct NamespaceReadsTests {
    private let start = ContinuousClock.now

    private static func limits(_ change: (inout NamespaceReads.Limits) -> Void = { _ in }) -> NamespaceReads.Limits {
        var limits = NamespaceReads.Limits()
        change(&limits)
        return limits
    }

    private func metadata(_ name: String) -> NamespaceMetadata {
        NamespaceMetadata(name: name, labels: [:], annotations: [:])
    }

    @Test func oneReadOfANameIsUnderWayAtATime() {
        var reads = NamespaceReads()
        #expect(reads.ask(for: "a", now: start) == .read)
        #expect(reads.ask(for: "a", now: start) == .wait)
        #expect(reads.isRunning("a"))
        // Nothing can be said: the next one reads again.
        reads.end("a", nil, now: start)
        #expect(reads.ask(for: "a", now: start) == .read)
    }

    @Test func whatCameOfItIsKeptForAMoment() {
        var reads = NamespaceReads()
        _ = reads.ask(for: "a", now: start)
        reads.end("a", .some(nil), now: start)
        _ = reads.ask(for: "b", now: start)
        reads.end("b", metadata("b"), now: start)
        let soon = start.advanced(by: .milliseconds(1999))
        #expect(reads.ask(for: "a", now: soon) == .missing)
        #expect(reads.ask(for: "b", now: soon) == .known(metadata("b")))
        let later = start.advanced(by: .seconds(2))
        #expect(reads.ask(for: "a", now: later) == .read)
        #expect(reads.ask(for: "b", now: later) == .read)
    }

    @Test func fewAreUnderWayAtATime() {
        var reads = NamespaceReads(limits: Self.limits { $0.concurrency = 2 })
        #expect((0..<3).map { reads.ask(for: "\($0)", now: start) } == [.read, .read, .refused])
        reads.end("0", nil, now: start)
        #expect(reads.ask(for: "2", now: start) == .read)
    }

    @Test func fewAreMadeInASecond() {
        var reads = NamespaceReads(limits: Self.limits { ($0.burst, $0.rate) = (2, 5) })
        func ask(_ name: String, after milliseconds: Int) -> NamespaceReads.Decision {
            let now = start.advanced(by: .milliseconds(milliseconds))
            let decision = reads.ask(for: name, now: now)
            if decision == .read { reads.end(name, .some(nil), now: now) }
            return decision
        }
        #expect((0..<3).map { ask("\($0)", after: 0) } == [.read, .read, .refused])
        #expect(ask("a", after: 199) == .refused)
        #expect(ask("b", after: 200) == .read)
        #expect(ask("c", after: 200) == .refused)
        #expect((0..<3).map { ask("later-\($0)", after: 60_000) } == [.read, .read, .refused])
    }
}

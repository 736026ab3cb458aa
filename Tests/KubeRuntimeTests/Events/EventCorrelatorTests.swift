import KubeModel
import KubeRuntime
import Testing

struct EventCorrelatorTests {
    /// A machine behind a reference, as the testing macros take no values that cannot be copied.
    private final class Correlator {
        private var machine: EventCorrelator
        init(_ options: EventOptions = EventOptions()) { machine = EventCorrelator(options: options) }
        func record(_ report: EventReport, _ time: Duration = .zero) -> EventCorrelator.Decision {
            machine.record(report, now: at(time), wall: wall(time))
        }
        func sweep(_ time: Duration) -> [EventWrite] { machine.sweep(now: at(time)) }
        func forget(_ name: String) -> [EventWrite] { machine.forget(EventCorrelatorTests.subject(name)) }
        var isActive: Bool { machine.isActive }
    }

    private static func wall(_ time: Duration) -> MicroTime {
        MicroTime(secondsSinceEpoch: 1_800_000_000 + time / .seconds(1))
    }

    private static func subject(_ name: String) -> EventSubject {
        EventSubject(
            kind: GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"),
            key: ObjectKey(namespace: "test", name: name),
            uid: UID(name)
        )
    }

    private func report(_ reason: String = "Created", name: String = "web", note: String = "n") -> EventReport {
        EventReport(Self.subject(name), .normal, reason: reason, action: "Apply", note: note)
    }

    private func count(_ decision: EventCorrelator.Decision) -> Int? {
        if case .write(let write) = decision { write.count } else { nil }
    }

    @Test func theFirstAndTheSecondTimeAreWrittenAndLaterOnesCounted() {
        let correlator = Correlator()
        #expect(count(correlator.record(report())) == 1)
        #expect(count(correlator.record(report(), .seconds(1))) == 2)
        #expect(correlator.record(report(), .seconds(2)) == .counted)
        #expect(count(correlator.record(report("Other"), .seconds(2))) == 1)
    }

    @Test func theNoteIsNoPartOfWhatMakesASeries() {
        let correlator = Correlator()
        _ = correlator.record(report(note: "attempt 1"))
        #expect(count(correlator.record(report(note: "attempt 2"))) == 2)
    }

    @Test func aSeriesThatGoesOnIsRefreshed() {
        let correlator = Correlator()
        for second in 0..<300 { _ = correlator.record(report(), .seconds(second)) }
        #expect(correlator.sweep(.seconds(300)).isEmpty)
        #expect(count(correlator.record(report(), .seconds(301))) == 301)
        for second in 302..<400 { #expect(correlator.record(report(), .seconds(second)) == .counted) }
        #expect(correlator.sweep(.seconds(602)).map(\.count) == [399])
        #expect(correlator.sweep(.seconds(660)).isEmpty)
    }

    @Test func aSeriesEndsAfterSixMinutesWithItsLastCount() {
        let correlator = Correlator()
        for second in 0..<5 { _ = correlator.record(report(), .seconds(second)) }
        #expect(correlator.sweep(.seconds(200)).isEmpty)
        #expect(correlator.sweep(.seconds(365)).map(\.count) == [5])
        let next = correlator.record(report(), .seconds(370))
        #expect(count(next) == 1)
    }

    @Test func aTimedOutSeriesIsANewEventAlsoBeforeItWasSwept() {
        let correlator = Correlator()
        _ = correlator.record(report())
        #expect(count(correlator.record(report(), .seconds(361))) == 1)
    }

    @Test func newEventsOfOneObjectAreLimitedAndOthersNot() {
        let correlator = Correlator()
        for index in 0..<25 { #expect(count(correlator.record(report("R\(index)"))) == 1) }
        #expect(correlator.record(report("R25")) == .dropped(.objectLimit))
        #expect(count(correlator.record(report("R0"))) == 2)
        #expect(count(correlator.record(report(name: "other"))) == 1)
        #expect(count(correlator.record(report("R26"), .seconds(30))) == 1)
        #expect(correlator.record(report("R27"), .seconds(30)) == .dropped(.objectLimit))
    }

    @Test func theNumberOfSeriesIsBounded() {
        var options = EventOptions()
        options.maximumSeries = 2
        let correlator = Correlator(options)
        for name in ["a", "b"] { _ = correlator.record(report(name: name)) }
        #expect(correlator.record(report(name: "c")) == .dropped(.seriesLimit))
    }

    @Test func nothingIsKeptOnceAllIsOver() {
        let correlator = Correlator()
        _ = correlator.record(report())
        #expect(correlator.isActive)
        _ = correlator.sweep(.seconds(400))
        #expect(!correlator.isActive)
    }

    @Test func anObjectThatIsGoneIsForgottenAfterItsLastCount() {
        var options = EventOptions()
        options.maximumSeries = 3
        let correlator = Correlator(options)
        for second in 0..<5 { _ = correlator.record(report(), .seconds(second)) }
        _ = correlator.record(report("Ready"), .seconds(5))
        _ = correlator.record(report(name: "other"), .seconds(5))
        #expect(correlator.forget("web").map(\.count) == [5])
        #expect(correlator.forget("web").isEmpty)
        // Its places are free, its next report begins anew, and others are as they were.
        #expect(count(correlator.record(report(), .seconds(6))) == 1)
        #expect(count(correlator.record(report("Ready"), .seconds(6))) == 1)
        #expect(correlator.record(report("More"), .seconds(6)) == .dropped(.seriesLimit))
        #expect(count(correlator.record(report(name: "other"), .seconds(6))) == 2)
        _ = correlator.forget("web")
        _ = correlator.forget("other")
        #expect(!correlator.isActive)
    }

    @Test func endedSeriesMakeRoomForOthers() {
        var options = EventOptions()
        options.maximumSeries = 2
        let correlator = Correlator(options)
        for name in ["a", "b"] { _ = correlator.record(report(name: name)) }
        _ = correlator.record(report(name: "b"), .seconds(300))
        #expect(correlator.sweep(.seconds(370)).isEmpty)
        #expect(count(correlator.record(report(name: "c"), .seconds(370))) == 1)
        #expect(correlator.record(report(name: "d"), .seconds(370)) == .dropped(.seriesLimit))
    }

    @Test func namesAreUniqueAndNotTooLong() {
        let correlator = Correlator()
        var names: Set<String> = []
        for index in 0..<20 {
            guard
                case .write(let write) = correlator.record(
                    report("R\(index)", name: String(repeating: "x", count: 253))
                )
            else { continue }
            #expect(write.key.name.utf8.count <= 253)
            names.insert(write.key.name)
        }
        #expect(names.count == 20)
    }
}

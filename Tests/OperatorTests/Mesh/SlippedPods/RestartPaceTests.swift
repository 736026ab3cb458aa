import KubeModel
import KubeRuntime
import Testing

@testable import Operator

struct RestartPaceTests {
    private let start = ContinuousClock.now
    private let web = UID("web")
    private let api = UID("api")

    private func at(_ seconds: Int) -> TimeSource.Instant { start.advanced(by: .seconds(seconds)) }

    @Test func theFirstNeedNotWait() {
        #expect(RestartPace().wait(for: web, seen: at(0), now: at(0)) == .zero)
    }

    @Test func oneGoesAfterAnother() {
        var pace = RestartPace()
        pace.asked(at: at(10))
        #expect(pace.wait(for: web, seen: at(0), now: at(10)) == .seconds(5))
        #expect(pace.wait(for: api, seen: at(0), now: at(12)) == .seconds(3))
        #expect(pace.wait(for: api, seen: at(0), now: at(15)) == .zero)
    }

    @Test func thoseThatWereThereBeforeGoOn() {
        var pace = RestartPace()
        pace.asked(at: at(10))
        pace.evicted(web, at: at(10))
        #expect(pace.wait(for: web, seen: at(9), now: at(15)) == .zero)
    }

    @Test func aSuccessorThatSlippedAsWellIsLeftAloneForAWhile() {
        var pace = RestartPace()
        pace.asked(at: at(10))
        pace.evicted(web, at: at(10))
        #expect(pace.wait(for: web, seen: at(11), now: at(20)) == .seconds(590))
        #expect(pace.wait(for: web, seen: at(11), now: at(610)) == .zero)
        // Another's successor has nothing to do with it.
        #expect(pace.wait(for: api, seen: at(11), now: at(20)) == .zero)
    }
}

import KubeModel
import KubeRuntime
import Testing

@testable import Operator

struct RestartPaceTests {
    private let start = ContinuousClock.now
    private let web = UID("web")
    private let api = UID("api")

    private func at(_ seconds: Int) -> TimeSource.Instant { start.advanced(by: .seconds(seconds)) }

    private func key(_ number: Int) -> ObjectKey { ObjectKey(namespace: "shop", name: "pod-\(number)") }

    @Test func theFirstNeedNotWait() {
        var pace = RestartPace()
        #expect(pace.turn(of: key(1), web, seen: at(0), now: at(0)) == .zero)
    }

    /// Each has a turn of its own, so that they do not all come whenever one may go.
    @Test func oneGoesAfterAnother() {
        var pace = RestartPace()
        #expect(pace.turn(of: key(1), web, seen: at(0), now: at(10)) == .zero)
        #expect(pace.turn(of: key(2), web, seen: at(0), now: at(10)) == .seconds(5))
        #expect(pace.turn(of: key(3), api, seen: at(0), now: at(12)) == .seconds(8))
        // Who comes early keeps it.
        #expect(pace.turn(of: key(3), api, seen: at(0), now: at(15)) == .seconds(5))
        #expect(pace.turn(of: key(2), web, seen: at(0), now: at(15)) == .zero)
        #expect(pace.turn(of: key(3), api, seen: at(0), now: at(20)) == .zero)
        #expect(pace.turn(of: key(4), api, seen: at(0), now: at(25)) == .zero)
    }

    @Test func aTurnThatIsGivenUpHoldsNobodyUp() {
        var pace = RestartPace()
        _ = pace.turn(of: key(1), web, seen: at(0), now: at(0))
        #expect(pace.turn(of: key(2), web, seen: at(0), now: at(0)) == .seconds(5))
        pace.leave(key(2))
        #expect(pace.turn(of: key(3), web, seen: at(0), now: at(0)) == .seconds(5))
    }

    @Test func thoseThatComeTooLateDoNotGoAllAtOnce() {
        var pace = RestartPace()
        for number in 1...4 { _ = pace.turn(of: key(number), web, seen: at(0), now: at(0)) }
        #expect(pace.turn(of: key(2), web, seen: at(0), now: at(60)) == .zero)
        #expect(pace.turn(of: key(3), web, seen: at(0), now: at(60)) == .seconds(5))
        #expect(pace.turn(of: key(4), web, seen: at(0), now: at(60)) == .seconds(10))
    }

    /// A little late is as good as in time, else each pushes the next a little.
    @Test func thoseBehindOneThatComesALittleLateKeepTheirTurns() {
        var pace = RestartPace()
        for number in 1...3 { _ = pace.turn(of: key(number), web, seen: at(0), now: at(0)) }
        let late = at(5).advanced(by: .milliseconds(300))
        #expect(pace.turn(of: key(2), web, seen: at(0), now: late) == .zero)
        #expect(pace.turn(of: key(3), web, seen: at(0), now: at(10)) == .zero)
    }

    @Test func thoseThatWereThereBeforeGoOn() {
        var pace = RestartPace()
        _ = pace.turn(of: key(1), web, seen: at(9), now: at(10))
        pace.evicted(web, at: at(10))
        #expect(pace.turn(of: key(2), web, seen: at(9), now: at(15)) == .zero)
    }

    @Test func aSuccessorThatSlippedAsWellIsLeftAloneForAWhile() {
        var pace = RestartPace()
        _ = pace.turn(of: key(1), web, seen: at(9), now: at(10))
        pace.evicted(web, at: at(10))
        #expect(pace.turn(of: key(2), web, seen: at(11), now: at(20)) == .seconds(590))
        // Another's successor has nothing to do with it.
        #expect(pace.turn(of: key(3), api, seen: at(11), now: at(20)) == .zero)
        #expect(pace.turn(of: key(2), web, seen: at(11), now: at(610)) == .zero)
    }
}

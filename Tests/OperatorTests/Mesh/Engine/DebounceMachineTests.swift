import KubeRuntime
import Testing

@testable import Operator

struct DebounceMachineTests {
    private let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }

    @Test func nothingIsDueWithoutAChange() {
        #expect(DebounceMachine().due == nil)
    }

    @Test func aLoneChangeIsDueAlmostAtOnce() {
        var machine = DebounceMachine()
        machine.changed(at: at(0))
        #expect(machine.due == at(2))
        #expect(machine.firstChange == at(0))
    }

    @Test func aBurstIsDueWhenItPauses() {
        var machine = DebounceMachine()
        for moment in [0, 1, 2, 3] { machine.changed(at: at(moment)) }
        #expect(machine.due == at(5))
    }

    @Test func aFloodIsNotPutOffForEver() {
        var machine = DebounceMachine()
        for moment in 0..<100 { machine.changed(at: at(moment)) }
        #expect(machine.due == at(25))
    }

    @Test func afterACostlyRunTheNextWaitsAsLong() {
        var machine = DebounceMachine()
        machine.changed(at: at(0))
        machine.begin()
        #expect(machine.due == nil)
        machine.changed(at: at(10))
        machine.ended(at: at(40), took: .milliseconds(40))
        #expect(machine.due == at(80))
        #expect(machine.firstChange == at(10))
    }

    @Test func aPauseIsBounded() {
        var machine = DebounceMachine()
        machine.ended(at: at(0), took: .seconds(60))
        machine.changed(at: at(1))
        #expect(machine.due == at(500))
    }
}

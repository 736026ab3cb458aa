import KubeRuntime
import Testing

struct WaitingTests {
    private let time = VirtualTime()

    // MARK: - WakeUp

    @Test func callsBeforeTheWaitAreKeptAsOne() async {
        let wakeUp = WakeUp()
        wakeUp.call()
        wakeUp.call()
        await wakeUp.wait()
        let second = Task { await wakeUp.wait(until: at(.seconds(1)), time: time.source) }
        #expect(await time.hasSleepers(1))
        time.advance(by: .seconds(1))
        await second.value
    }

    @Test func aCallEndsAWaitBeforeItsDeadline() async {
        let wakeUp = WakeUp()
        let waiting = Task { await wakeUp.wait(until: at(.seconds(1)), time: time.source) }
        #expect(await time.hasSleepers(1))
        wakeUp.call()
        await waiting.value
        #expect(time.sleepers == 0)
    }

    @Test func aCancelledWaitEnds() async {
        let wakeUp = WakeUp()
        let waiting = Task { await wakeUp.wait() }
        waiting.cancel()
        await waiting.value
        await wakeUp.wait(until: at(.seconds(-1)), time: time.source)
    }

    // MARK: - ObservedValue

    @Test func eachWaiterIsWokenByTheValueItWaitsFor() async {
        let value = ObservedValue(0)
        async let three = value.wait(until: nil, time: time.source) { $0 >= 3 }
        async let five = value.wait(until: nil, time: time.source) { $0 >= 5 }
        value.update { $0 = 3 }
        #expect(await three)
        value.update { $0 = 5 }
        #expect(await five)
        #expect(await value.wait(until: at(.zero), time: time.source) { $0 == 5 })
    }

    @Test(arguments: 0..<20) func waitersAndChangesInAnyOrderMissNothing(round: Int) async {
        let value = ObservedValue(0)
        await withTaskGroup { group in
            for index in 1...50 {
                group.addTask { #expect(await value.wait(until: nil, time: .system) { $0 >= index }) }
                group.addTask { value.update { $0 += 1 } }
            }
        }
        #expect(value.value == 50)
    }

    @Test(arguments: 0..<20) func cancellationInAnyOrderLeavesNobodyWaiting(round: Int) async {
        let value = ObservedValue(0)
        let tasks = (0..<20).map { _ in Task { await value.wait(until: nil, time: .system) { $0 == 1 } } }
        for task in tasks { task.cancel() }
        value.update { $0 = 1 }
        for task in tasks { _ = await task.value }
    }

    // MARK: - Deadlines

    @Test func workThatEndsInTimeIsNotDisturbed() async throws {
        #expect(try await time.source.run(until: at(.seconds(1))) { 7 } == 7)
        #expect(time.sleepers == 0)
    }

    @Test func workBeyondItsDeadlineIsCancelledAndAwaited() async throws {
        let wasCancelled = Locked(false)
        let working = Task {
            try await time.source.run(until: at(.seconds(1))) {
                await WakeUp().wait()
                wasCancelled.change { $0 = Task.isCancelled }
            }
        }
        #expect(await time.hasSleepers(1))
        time.advance(by: .seconds(1))
        #expect(try await working.value == nil)
        #expect(wasCancelled.value)
    }

    @Test func whatTheWorkThrowsIsThrown() async {
        await #expect(throws: PermanentError.self) {
            try await time.source.run(until: at(.seconds(1))) { throw PermanentError("no") }
        }
    }
}

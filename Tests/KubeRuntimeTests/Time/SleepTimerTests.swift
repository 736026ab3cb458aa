import Testing

@testable import KubeRuntime

struct SleepTimerTests {
    private let timer = SleepTimer()

    private func after(_ milliseconds: Int) -> ContinuousClock.Instant {
        .now.advanced(by: .milliseconds(milliseconds))
    }

    @Test func everySleeperIsWokenAndNoneTooEarly() async throws {
        try await withThrowingTaskGroup { group in
            for milliseconds in [30, 10, 50, 0, -5, 10] {
                let deadline = after(milliseconds)
                group.addTask { [timer] in
                    try await timer.sleep(until: deadline)
                    #expect(ContinuousClock.now >= deadline)
                }
            }
            try await group.waitForAll()
        }
        #expect(timer.heldDeadlines == 0)
    }

    @Test func cancelledSleepsEndAtOnceAndAreNotHeld() async {
        for _ in 0..<50 {
            let sleeps = (0..<100).map { _ in Task { [timer] in try await timer.sleep(until: after(3_600_000)) } }
            for sleep in sleeps { sleep.cancel() }
            for sleep in sleeps {
                await #expect(throws: CancellationError.self) { try await sleep.value }
            }
        }
        #expect(timer.heldDeadlines <= 64)
    }

    @Test func anEarlierSleepDoesNotWaitForALaterOne() async throws {
        let timer = timer
        let long = Task { [timer] in try await timer.sleep(until: after(3_600_000)) }
        #expect(await eventually { timer.heldDeadlines == 1 })
        try await timer.sleep(until: after(5))
        long.cancel()
        _ = await long.result
    }
}

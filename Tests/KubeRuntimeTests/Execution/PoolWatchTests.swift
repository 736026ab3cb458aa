import Testing

@testable import KubeRuntime

struct PoolWatchTests {
    private let time = VirtualTime()

    @Test func aPoolWithoutTurnsIsToldOf() async throws {
        let watch = PoolWatch(interval: .seconds(5), patience: .seconds(60), time: time.source)
        #expect(watch.healthChecks().map(\.line) == ["[+]task-pool ok"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch.run() }
            for _ in 0..<30 {
                #expect(await time.hasSleepers(1))
                time.advance(by: .seconds(5))
                #expect(watch.healthChecks().allSatisfy { $0.passes })
            }
            #expect(await time.hasSleepers(1))
            // As many turns as were asked for, had none come since.
            time.advance(by: .seconds(4))
            #expect(watch.healthChecks().allSatisfy { $0.passes })
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    @Test func noTurnForAMinuteFails() {
        let watch = PoolWatch(interval: .seconds(5), patience: .seconds(60), time: time.source)
        time.advance(by: .seconds(65))
        #expect(watch.healthChecks().allSatisfy { $0.passes })
        time.advance(by: .seconds(1))
        #expect(watch.healthChecks().map(\.line) == ["[-]task-pool stuck: no task has had a turn for 66 s"])
    }
}

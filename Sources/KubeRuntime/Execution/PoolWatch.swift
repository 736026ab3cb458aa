import ServiceLifecycle

/// Tells whether the pool that all tasks share still gives turns.
///
/// Health is served, and the lease renewed, on other threads: without this a process whose pool has come to a standstill would go on leading
/// and doing nothing.
package final class PoolWatch: Service, HealthSource {
    private let interval: Duration
    private let patience: Duration
    private let time: TimeSource
    private let lastTurn: ObservedValue<TimeSource.Instant>

    /// - Parameters:
    ///   - interval: between two turns that are asked for.
    ///   - patience: how long a turn may take before the check fails.
    package init(
        interval: Duration = .seconds(5),
        patience: Duration = .seconds(60),
        time: TimeSource = .system
    ) {
        self.interval = interval
        self.patience = patience
        self.time = time
        lastTurn = ObservedValue(time.now)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.watch() }
        // What ends may take its time, which is no standstill.
        lastTurn.update { [time] in $0 = time.now.advanced(by: .seconds(86400)) }
        try await gracefulShutdown()
    }

    private func watch() async {
        do {
            while true {
                lastTurn.update { [time] in $0 = time.now }
                try await time.sleep(until: time.now.advanced(by: interval))
            }
        } catch {
            // Cancelled.
        }
    }

    package func healthChecks() -> [HealthCheck] {
        let wait = lastTurn.value.duration(to: time.now)
        let passes = wait <= patience + interval
        return [
            HealthCheck(
                name: "task-pool",
                state: passes ? "ok" : "stuck",
                reason: passes ? "" : "no task has had a turn for \(wait.components.seconds) s",
                passes: passes
            )
        ]
    }
}

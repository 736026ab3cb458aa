/// The time that a client sees.
package struct RequestClock: Sendable {
    /// Time since some moment in the past; never goes back.
    package var now: @Sendable () -> Duration
    /// Waits, and throws `CancellationError` as soon as the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    /// The system's monotonic time.
    package static let continuous: RequestClock = {
        let origin = ContinuousClock.now
        return RequestClock(
            now: { origin.duration(to: .now) },
            sleep: { try await Task.sleep(for: $0) }
        )
    }()
}

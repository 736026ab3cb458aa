import Foundation
import Testing

/// How late tasks run while other tests do: what blocks or computes without a pause keeps the threads that all tasks of a process share.
///
/// `SWIFTLET_WATCH_POOL` says for how many seconds to watch. With `--event-stream-output-path` one sees which tests ran when tasks were late.
struct PoolWatchTests {
    private static let seconds = ProcessInfo.processInfo.environment["SWIFTLET_WATCH_POOL"].flatMap { Int($0) } ?? 0

    @Test(.enabled(if: seconds > 0, "set SWIFTLET_WATCH_POOL to the seconds to watch for"))
    func tasksRunInTime() async throws {
        var late: [(at: Date, by: Duration)] = []
        let end = ContinuousClock.now + .seconds(Self.seconds)
        while ContinuousClock.now < end {
            let due = ContinuousClock.now + .milliseconds(10)
            try await Task.sleep(until: due)
            let delay = due.duration(to: .now)
            if delay > .milliseconds(200) { late.append((.now, delay)) }
        }
        for (date, delay) in late.sorted(by: { $0.by > $1.by }).prefix(40) {
            print("late \(delay / .milliseconds(1)) ms at \(date.timeIntervalSince1970)")
        }
        print("\(late.count) times late by more than 200 ms")
    }
}

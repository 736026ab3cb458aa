import KubeRuntime

/// A queue machine behind a reference, as the testing macros take no values that cannot be copied.
final class QueueUnderTest<Key: Hashable & Sendable> {
    private var machine: WorkQueueMachine<Key>

    init(options: WorkQueueOptions = WorkQueueOptions(), seed: UInt64) {
        machine = WorkQueueMachine(options: options, seed: seed)
    }

    @discardableResult
    func add(
        _ key: Key,
        priority: WorkPriority = .normal,
        after delay: Duration = .zero,
        now: TimeSource.Instant
    ) -> Bool {
        machine.add(key, priority: priority, after: delay, now: now)
    }

    func drop(_ key: Key) { machine.drop(key) }
    func reset(_ key: Key, now: TimeSource.Instant) { machine.reset(key, now: now) }
    func take(now: TimeSource.Instant) -> WorkItem<Key>? { machine.take(now: now) }
    func finish(_ key: Key, _ outcome: WorkOutcome, now: TimeSource.Instant) {
        machine.finish(key, outcome, now: now)
    }
    func nextDeadline(now: TimeSource.Instant) -> TimeSource.Instant? { machine.nextDeadline(now: now) }
    func shutDown(drains: Bool) { machine.shutDown(drains: drains) }
    func running(now: TimeSource.Instant) -> [Duration] { machine.running(now: now) }
    var depth: [WorkPriority: Int] { machine.depth }
    var isDrained: Bool { machine.isDrained }
}

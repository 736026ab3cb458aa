import CoreMetrics
import DequeModule
import Synchronization

/// A queue of keys to work on, for any number of workers. The rules are those of ``WorkQueueMachine``.
///
/// ``run()`` must be running for delayed keys to become ready.
package final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<WorkItem<Key>?, Never>
    }

    private struct State: ~Copyable {
        var machine: WorkQueueMachine<Key>
        var waiters = Deque<Waiter>()
        var lastWaiter: UInt64 = 0
        var cancelled: Set<UInt64> = []
        /// What the timer waits for.
        var timerDeadline: TimeSource.Instant?
    }

    private let state: Mutex<State>
    private let timer = WakeUp()
    private let time: TimeSource
    private let metrics: WorkQueueMetrics?
    private let isPointless: (@Sendable (Key) -> Bool)?

    /// - Parameter isPointless: whether nothing is to be done for a key at present; it is dropped instead of added. Quick.
    package init(
        options: WorkQueueOptions = WorkQueueOptions(),
        time: TimeSource = .system,
        seed: UInt64 = .random(in: 0 ... .max),
        metrics: WorkQueueMetrics? = nil,
        isPointless: (@Sendable (Key) -> Bool)? = nil
    ) {
        self.isPointless = isPointless
        state = Mutex(State(machine: WorkQueueMachine(options: options, seed: seed)))
        self.time = time
        self.metrics = metrics
    }

    // MARK: - For those who ask for work

    /// Asks for a run of the key, now or after a delay.
    package func add(_ key: Key, priority: WorkPriority = .normal, after delay: Duration = .zero) {
        if let isPointless, isPointless(key) { return drop(key) }
        let now = time.now
        let isNew = change(now) { $0.add(key, priority: priority, after: delay, now: now) }
        if isNew { metrics?.adds.increment() }
    }

    /// Forgets the key's failures, as its object is another one now.
    package func reset(_ key: Key) {
        let now = time.now
        change(now) { $0.reset(key, now: now) }
    }

    /// Takes a key out that nobody works on.
    package func drop(_ key: Key) { change(time.now) { $0.drop(key) } }

    // MARK: - For workers

    /// The next key to work on, as soon as there is one; `nil` when the queue was shut down or the task was cancelled.
    package func next() async -> WorkItem<Key>? {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        let item: WorkItem<Key>? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = time.now
                change(now) { _ in
                } admitting: { state in
                    if state.cancelled.remove(id) != nil { return continuation }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let position = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.remove(at: position)
            }
            waiter?.continuation.resume(returning: nil)
        }
        if let item { metrics?.queueDuration.record(item.waited) }
        return item
    }

    /// Gives back a key that was taken, after so much work on it.
    package func finish(_ key: Key, _ outcome: WorkOutcome, worked: Duration) {
        let now = time.now
        metrics?.workDuration.record(worked)
        if case .failure = outcome { metrics?.retries.increment() }
        change(now) { $0.finish(key, outcome, now: now) }
    }

    /// Makes delayed keys ready when they are due, until the queue is shut down or the task is cancelled. Costs nothing while no key
    /// is delayed.
    package func run() async {
        while !Task.isCancelled {
            let now = time.now
            let (deadline, isShutDown) = change(now) { machine in (machine.nextDeadline(now: now), machine.isShutDown) }
            if isShutDown { return }
            await timer.wait(until: deadline, time: time)
        }
    }

    /// Takes no more keys in. Workers that wait get `nil`, the others after what they work on, and first what is ready if `drains`.
    package func shutDown(drains: Bool = false) {
        change(time.now) { $0.shutDown(drains: drains) }
        timer.call()
    }

    // MARK: - For metrics

    package var figures: QueueFigures {
        let now = time.now
        return state.withLock { QueueFigures(depth: $0.machine.depth, running: $0.machine.running(now: now)) }
    }

    // MARK: - Shell

    /// Changes the machine, gives out what is ready to those who wait, and sees to the timer.
    @discardableResult
    private func change<Result: Sendable>(
        _ now: TimeSource.Instant,
        _ body: (inout WorkQueueMachine<Key>) -> Result,
        admitting: (inout State) -> CheckedContinuation<WorkItem<Key>?, Never>? = { _ in nil }
    ) -> Result {
        var served: [(CheckedContinuation<WorkItem<Key>?, Never>, WorkItem<Key>?)] = []
        let (result, isTimerLate) = state.withLock { state in
            let result = body(&state.machine)
            if let turnedAway = admitting(&state) { served.append((turnedAway, nil)) }
            while let waiter = state.waiters.first {
                let item = state.machine.take(now: now)
                guard item != nil || state.machine.isShutDown else { break }
                state.waiters.removeFirst()
                served.append((waiter.continuation, item))
            }
            let deadline = state.machine.nextDeadline(now: now)
            let isTimerLate = deadline.map { deadline in state.timerDeadline.map { deadline < $0 } ?? true } ?? false
            state.timerDeadline = deadline
            return (result, isTimerLate)
        }
        for (continuation, item) in served { continuation.resume(returning: item) }
        if isTimerLate { timer.call() }
        return result
    }
}

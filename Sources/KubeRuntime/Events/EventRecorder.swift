import CoreMetrics
import DequeModule
import KubeClient
import KubeModel
import Logging
import Synchronization

/// Tells people what happened to their objects, by events of events.k8s.io/v1.
///
/// Guarantees: reporting never waits and never fails. What is too much is dropped and counted, see ``EventOptions``.
package final class EventRecorder: Sendable {
    private struct State: ~Copyable {
        var correlator: EventCorrelator
        var queue = Deque<EventWrite>()
        /// Where events of cluster-scoped objects go. Kubernetes 1.20 takes them in `kube-system` alone, later versions in `default`: found
        /// out by the first of them.
        var clusterNamespace = "default"
    }

    /// How often a write is tried.
    private static let attempts = 5
    private static let backoff = BackoffPolicy(base: .milliseconds(500), cap: .seconds(10))
    private static let sweepInterval = Duration.seconds(60)
    /// How long is written after a shutdown: others wait for its end, and events are worth less than what they wait for.
    static let farewell = Duration.seconds(5)

    private let sink: any EventSink
    private let reporter: EventReporter
    private let options: EventOptions
    private let time: TimeSource
    private let logger: Logger
    private let state: Mutex<State>
    private let wakeUp = WakeUp()
    private let isShutDown = ObservedValue(false)
    private let random: Mutex<SplitMix64>
    private let dropped: [EventCorrelator.Reason: Counter]

    package init(
        sink: any EventSink,
        reporter: EventReporter,
        options: EventOptions = EventOptions(),
        time: TimeSource = .system,
        seed: UInt64 = .random(in: 0 ... .max),
        metrics factory: any MetricsFactory,
        logger: Logger
    ) {
        self.sink = sink
        self.reporter = reporter
        self.options = options
        self.time = time
        self.logger = logger
        state = Mutex(State(correlator: EventCorrelator(options: options)))
        random = Mutex(SplitMix64(seed: seed))
        dropped = Dictionary(
            uniqueKeysWithValues: EventCorrelator.Reason.allCases.map { reason in
                let dimensions = [("reason", reason.rawValue)]
                return (reason, Counter(label: "events_dropped_total", dimensions: dimensions, factory: factory))
            }
        )
    }

    /// Reports that something happened.
    package func report(_ report: EventReport) {
        let now = time.now
        let wall = time.wall
        let reason: EventCorrelator.Reason? = state.withLock { state in
            switch state.correlator.record(report, now: now, wall: wall) {
            case .counted: return nil
            case .dropped(let reason): return reason
            case .write(let write):
                guard state.queue.count < options.maximumQueue, !isShutDown.value else { return .queueFull }
                state.queue.append(write)
                return nil
            }
        }
        if let reason { dropped[reason]?.increment() } else { wakeUp.call() }
    }

    /// Ends what is known of an object that is gone, once its last counts are written. Reports about it may still come.
    package func forget(_ subject: EventSubject) {
        enqueue { correlator in correlator.forget(subject) }
        wakeUp.call()
    }

    /// Writes events until ``shutDown()``, and then what is left, as far as that is quickly done; or until the task is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.write() }
            group.addTask { [isShutDown, time] in
                guard await isShutDown.wait(until: nil, time: time, for: { $0 }) else { return }
                do { try await time.sleep(until: time.now.advanced(by: Self.farewell)) } catch {}
            }
            await group.next()
            group.cancelAll()
        }
        dropRest()
    }

    private func write() async {
        var sweepAt: TimeSource.Instant?
        while !Task.isCancelled {
            if let write = state.withLock({ $0.queue.popFirst() }) {
                await send(write)
                continue
            }
            let now = time.now
            if let due = sweepAt, due <= now {
                sweepAt = nil
                enqueue { correlator in correlator.sweep(now: now) }
                continue
            }
            if isShutDown.value { return }
            if sweepAt == nil, state.withLock({ $0.correlator.isActive }) {
                sweepAt = now.advanced(by: Self.sweepInterval)
            }
            await wakeUp.wait(until: sweepAt, time: time)
        }
    }

    /// Takes no more reports.
    package func shutDown() {
        isShutDown.update { $0 = true }
        wakeUp.call()
    }

    private func dropRest() {
        let count = state.withLock { state in
            defer { state.queue.removeAll() }
            return state.queue.count
        }
        if count > 0 { dropped[.failed]?.increment(by: count) }
    }

    private func enqueue(_ take: (inout EventCorrelator) -> [EventWrite]) {
        let excess = state.withLock { state in
            let writes = take(&state.correlator)
            let room = max(0, options.maximumQueue - state.queue.count)
            state.queue.append(contentsOf: writes.prefix(room))
            return max(0, writes.count - room)
        }
        if excess > 0 { dropped[.queueFull]?.increment(by: excess) }
    }

    private func send(_ write: EventWrite) async {
        for attempt in 0..<Self.attempts {
            do {
                return try await sendOnce(write)
            } catch {
                // A server that has no time for one event has none for those that are left.
                if error.isRetryable, isShutDown.value { dropRest() }
                guard error.isRetryable, attempt + 1 < Self.attempts, !isShutDown.value, !Task.isCancelled else {
                    dropped[.failed]?.increment()
                    logger.debug("event is not written", metadata: ["event": "\(write.key)", "error": "\(error)"])
                    return
                }
                let delay = random.withLock {
                    Self.backoff.delay(previousFailures: attempt, minimum: error.retryAfter, using: &$0)
                }
                // Ended: the next attempt is the last.
                _ = await isShutDown.wait(until: time.now.advanced(by: delay), time: time) { $0 }
            }
        }
    }

    private func sendOnce(_ given: EventWrite) async throws(KubeError) {
        var write = given
        if write.isClusterScoped { write.key.namespace = state.withLock { $0.clusterNamespace } }
        do {
            try await sendThere(write)
        } catch {
            guard write.isClusterScoped, error.isInvalid else { throw error }
            let other = write.key.namespace == "default" ? "kube-system" : "default"
            write.key.namespace = other
            try await sendThere(write)
            state.withLock { $0.clusterNamespace = other }
        }
    }

    private func sendThere(_ write: EventWrite) async throws(KubeError) {
        guard write.isUpdate else { return try await create(write) }
        do {
            try await sink.patch(write.key, write.patch)
        } catch  where error.isNotFound {
            // The server forgets events after an hour; the series goes on in a new one.
            try await create(write)
        }
    }

    private func create(_ write: EventWrite) async throws(KubeError) {
        do {
            try await sink.create(write.object(reporter: reporter))
        } catch  where error.isAlreadyExists {
            // An earlier attempt came through although it looked as if it had not.
        }
    }
}

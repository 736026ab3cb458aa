import CoreMetrics
import KubeClient
import KubeModel
import Logging
import Synchronization
import Tracing

/// Brings the world, key by key, to where it should be, again whenever something changes.
///
/// Guarantees:
/// - One key is never reconciled twice at the same time; the rules of ``WorkQueueMachine`` decide when it is.
/// - A reconcile that throws is repeated after a back-off, or after a change when it throws ``PermanentError``.
/// - A reconcile begins when the stores have seen what the last one of its key wrote, see ``WriteBarrier``.
/// - Each reconcile is a span, of which its requests are children, and every line that it logs names controller, object, generation and
///   `reconcileID`.
package final class Controller<Key: ReconcileKey>: ControllerRunning {
    package typealias Reconcile = @Sendable (Key, ReconcileContext) async throws -> ReconcileResult

    package let name: String
    package let queue: WorkQueue<Key>

    private let kind: String
    private let options: ControllerOptions
    private let time: TimeSource
    private let metrics: ControllerMetrics?
    private let logger: Logger
    private let barrier: WriteBarrier<Key>?
    private let generation: @Sendable (Key) -> Int64?
    private let reconcile: Reconcile
    private let hotLoops: Mutex<HotLoopMachine<Key>>
    let term: ControllerTerm

    /// - Parameters:
    ///   - kind: of the keys' objects, for logs and spans; keys that name a kind themselves go before it.
    ///   - barrier: where reconciles note their writes.
    ///   - generation: of a key's object as the store has it; tells loops from edits.
    ///   - isGone: whether a key's object does not exist. While this process stands by, the keys of such objects are not kept, whoever adds
    ///     them: they would gather until it leads. `nil` keeps all.
    ///   - reconcile: idempotent, and ends soon after it was cancelled.
    package init(
        name: String,
        kind: String = "",
        options: ControllerOptions = ControllerOptions(),
        barrier: WriteBarrier<Key>? = nil,
        time: TimeSource = .system,
        seed: UInt64 = .random(in: 0 ... .max),
        metrics: ControllerMetrics? = nil,
        logger: Logger,
        generation: @escaping @Sendable (Key) -> Int64? = { _ in nil },
        isGone: (@Sendable (Key) -> Bool)? = nil,
        reconcile: @escaping Reconcile
    ) {
        let term = ControllerTerm()
        self.term = term
        var isPointless: (@Sendable (Key) -> Bool)?
        if let isGone { isPointless = { !term.isUnderWay && isGone($0) } }
        self.name = name
        self.kind = kind
        self.options = options
        self.barrier = barrier
        self.time = time
        self.metrics = metrics
        self.logger = logger
        self.generation = generation
        self.reconcile = reconcile
        queue = WorkQueue(
            options: options.queue,
            time: time,
            seed: seed,
            metrics: metrics?.queue,
            isPointless: isPointless
        )
        hotLoops = Mutex(HotLoopMachine(options: options.hotLoop))
    }

    /// Nothing while it does not run: keys that gather for a replica that stands by wait for nobody.
    package var queueFigures: QueueFigures {
        term.isUnderWay ? queue.figures : QueueFigures(depth: [:], running: [])
    }

    // MARK: - Running

    /// Reconciles until ``shutDown()``, or at once until the task is cancelled, which also cancels the reconciles at hand.
    ///
    /// After a cancellation it may be run again. What was cancelled is due again then, as is whatever was added meanwhile; what is remembered of
    /// keys is remembered of versions that the server gave, and so is right also when another process has worked in between.
    package func run() async {
        term.begin()
        defer { term.end() }
        metrics?.maxConcurrent.set(options.workers)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.queue.run() }
            for _ in 0..<options.workers { group.addTask { await self.work() } }
        }
    }

    /// Begins no more reconciles; ``run()`` returns when those at hand have ended.
    package func shutDown() { queue.shutDown() }

    private func work() async {
        while let item = await queue.next() {
            metrics?.activeWorkers.increment()
            let start = time.now
            let outcome = await attempt(item, start: start)
            queue.finish(item.key, outcome, worked: start.duration(to: time.now))
            metrics?.activeWorkers.decrement()
        }
    }

    private func attempt(_ item: WorkItem<Key>, start: TimeSource.Instant) async -> WorkOutcome {
        if let barrier, await !barrier.waitUntilSeen(item.key, for: options.staleWait) {
            metrics?.staleSkips.increment()
            metrics?.requeue.increment()
            return .postponed(options.staleDelay)
        }
        let generation = generation(item.key)
        let verdict = hotLoops.withLock { $0.admit(item.key, generation: generation, now: start) }
        if case .hold(let delay) = verdict { return .held(delay) }
        let subject = ReconcileSubject(
            controller: name,
            kind: item.key.kind ?? kind,
            key: item.key.objectKey,
            generation: generation,
            id: Self.newID()
        )
        return await withSpan("reconcile \(name)") { span in
            if span.isRecording { subject.describe(span) }
            let writes = ReconcileWrites()
            let outcome = await reconcile(item, subject, writes, span)
            let isLoop = hotLoops.withLock {
                $0.wrote(writes.all, item.key, generation: generation, now: time.now)
            }
            if isLoop { alarm(subject) }
            if span.isRecording { span.attributes["outcome"] = outcome.word }
            return outcome
        }
    }

    private func reconcile(
        _ item: WorkItem<Key>,
        _ subject: ReconcileSubject,
        _ writes: ReconcileWrites,
        _ span: any Tracing.Span
    ) async -> WorkOutcome {
        let logger = subject.logger(logger)
        let context = ReconcileContext(id: subject.id, logger: logger, failures: item.failures, writes: writes)
        let began = time.now
        defer { metrics?.time.record(began.duration(to: time.now)) }
        do {
            let result = try await time.run(until: began.advanced(by: options.reconcileTimeout)) {
                try await self.reconcile(item.key, context)
            }
            guard let result else {
                metrics?.timeouts.increment()
                throw ReconcileTimeout(limit: options.reconcileTimeout)
            }
            return succeed(result, logger: logger)
        } catch {
            span.recordError(error)
            return fail(error, failures: item.failures, logger: logger)
        }
    }

    private func succeed(_ result: ReconcileResult, logger: Logger) -> WorkOutcome {
        logger.debug("reconciled")
        switch result {
        case .done:
            metrics?.success.increment()
            return .success(after: nil)
        case .requeue(let delay):
            metrics?.requeueAfter.increment()
            return .success(after: max(delay, .milliseconds(1)))
        }
    }

    private func fail(_ error: any Error, failures: Int, logger: Logger) -> WorkOutcome {
        // Cancelled from outside: the process ends, and nothing was found out about the key.
        if Task.isCancelled { return .postponed(.zero) }
        // As good as cancelled: the term has ended, and this is about to be told.
        if let error = error as? KubeError, error.isNotLeading {
            logger.debug("reconcile was held back", metadata: ["error": "\(error)"])
            return .postponed(options.staleDelay)
        }
        metrics?.error.increment()
        metrics?.errors.increment()
        if error is PermanentError {
            metrics?.terminalErrors.increment()
            logger.error("reconcile failed for good", metadata: ["error": "\(error)"])
            return .givenUp
        }
        let kubeError = error as? KubeError
        // Somebody was faster; the next run sees their version.
        let level: Logger.Level = kubeError?.isConflict == true ? .info : .warning
        logger.log(
            level: level,
            "reconcile failed",
            metadata: ["error": "\(error)", "failures": "\(failures + 1)"]
        )
        return .failure(retryAfter: kubeError?.retryAfter)
    }

    private func alarm(_ subject: ReconcileSubject) {
        metrics?.hotLoops.increment()
        subject.logger(logger).warning(
            "the same is written to an object again and again although it was not edited; its reconciles are slowed down",
            metadata: ["within": "\(options.hotLoop.window)"]
        )
    }

    private static func newID() -> String {
        let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

import DequeModule
import Dispatch
import Glibc
import Synchronization

/// Runs tasks on a fixed number of threads of its own, so that work there neither takes turns from other tasks nor waits for theirs.
///
/// A task gets here by `withTaskExecutorPreference`, and so do its child tasks. How much waits for a thread is for the callers to bound: a
/// job that was handed over has to be run.
///
/// The threads end with the last reference to the executor.
package final class WorkerExecutor: TaskExecutor {
    /// For what must go on whatever else the process does: leader election, signals and the order of the end. Nothing that runs here may
    /// block, or take longer than a moment.
    package static let control = WorkerExecutor(threads: 1)

    private struct Job: Sendable {
        let job: UnownedJob
        /// Keeps the executor until the job has run.
        let executor: WorkerExecutor
    }

    /// What the threads share. It holds no reference to the executor, whose end ends them.
    private final class Queue: Sendable {
        private let jobs = Mutex<Deque<Job>>([])
        private let signal = DispatchSemaphore(value: 0)

        func put(_ job: Job) {
            jobs.withLock { $0.append(job) }
            signal.signal()
        }

        func end(threads: Int) { for _ in 0..<threads { signal.signal() } }

        func work() {
            while true {
                signal.wait()
                // There is one signal for each job; those beyond end a thread each.
                guard let next = jobs.withLock({ $0.popFirst() }) else { return }
                next.job.runSynchronously(on: next.executor.asUnownedTaskExecutor())
            }
        }
    }

    package let threads: Int
    private let queue = Queue()

    /// - Parameter threads: at least one.
    package init(threads: Int) {
        self.threads = max(1, threads)
        for _ in 0..<self.threads { Self.startThread(queue) }
    }

    deinit { queue.end(threads: threads) }

    package func enqueue(_ job: consuming ExecutorJob) { queue.put(Job(job: UnownedJob(job), executor: self)) }

    private static func startThread(_ queue: Queue) {
        let context = Unmanaged.passRetained(queue)
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            nil,
            { context in
                // The process's signals are for its other threads.
                var signals = sigset_t()
                sigfillset(&signals)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                if let context { Unmanaged<Queue>.fromOpaque(context).takeRetainedValue().work() }
                return nil
            },
            context.toOpaque()
        )
        // As when the system has no thread for the shared pool.
        precondition(status == 0, "pthread_create: \(status)")
        pthread_detach(thread)
    }
}

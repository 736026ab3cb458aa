import Foundation
import Synchronization

/// Runs the tasks that prefer it on one thread of their own, which they may block.
///
/// The threads that tasks run on otherwise are as many as there are processors, and all tests and servers of a process share them.
final class OwnThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)

    init() { Thread.detachNewThread { [self] in run() } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isLate = state.withLock { state in
            if !state.isOver { state.jobs.append(job) }
            return state.isOver
        }
        if isLate {
            Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
        } else {
            arrivals.signal()
        }
    }

    /// Ends the thread once it has run what was enqueued.
    func end() {
        state.withLock { $0.isOver = true }
        arrivals.signal()
    }

    private func run() {
        while true {
            arrivals.wait()
            guard let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) else { return }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

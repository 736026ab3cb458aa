import Foundation
import Synchronization
import TestSupport
import Testing

struct BlockingTraitTests {
    /// More tests than there are threads for tasks, each of which blocks until a task of another one has run.
    @Suite(.blocking) struct Blocked {
        @Test(arguments: 0..<4 * ProcessInfo.processInfo.activeProcessorCount)
        func tasksOfOthersRunMeanwhile(index: Int) throws {
            let hasRun = DispatchSemaphore(value: 0)
            Task { hasRun.signal() }
            #expect(hasRun.wait(timeout: .now() + 60) == .success)
        }
    }

    @Suite(.blocking) struct Suspended {
        @Test func itsTasksAreAsAnyOthers() async throws {
            let first = pthread_self()
            let sum = await withTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        await Task.yield()
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(sum == 4950)
            #expect(pthread_equal(first, pthread_self()) != 0, "it goes on where it was")
        }
    }
}

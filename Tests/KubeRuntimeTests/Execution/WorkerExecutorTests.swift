import Dispatch
import Glibc
import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import KubeRuntime

@Suite(.timeLimit(.minutes(5))) struct WorkerExecutorTests {
    @Test func tasksAndTheirChildrenRunOnItsThreadsAlone() async {
        let executor = WorkerExecutor(threads: 2)
        let threads = await withTaskExecutorPreference(executor) {
            await withTaskGroup(of: UInt.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        await Task.yield()
                        return UInt(pthread_self())
                    }
                }
                return await group.reduce(into: Set<UInt>()) { $0.insert($1) }
            }
        }
        #expect((1...2).contains(threads.count))
    }

    @Test func whatBlocksThereBlocksNothingElse() async {
        let executor = WorkerExecutor(threads: 2)
        let gate = DispatchSemaphore(value: 0)
        let (begun, ended) = (Locked(0), Locked(0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask(executorPreference: executor) {
                    begun.change { $0 += 1 }
                    gate.wait()
                    ended.change { $0 += 1 }
                }
            }
            #expect(await eventually { begun.value == 2 })
            for _ in 0..<8 { gate.signal() }
        }
        #expect(ended.value == 8)
    }

    /// In a process of its own, as it leaves no thread to the other tests.
    @Test func healthAndTheLeaseNeedNoTurnOfTheSharedPool() async {
        await #expect(processExitsWith: .success) {
            try await withTaskExecutorPreference(WorkerExecutor(threads: 2)) {
                try await BusyPool.check()
            }
        }
    }
}

/// A process whose every shared thread is busy.
private enum BusyPool {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// - Throws: or ends the process with a failure when something waits for the shared pool.
    static func check() async throws {
        let lease = SharedLease()
        let inbox = ElectionInbox()
        lease.tell(inbox)
        let elector = LeaseElector(
            identity: "we",
            storage: lease,
            times: ElectionTimes(
                leaseDuration: .seconds(60),
                renewDeadline: .seconds(40),
                retryPeriod: .milliseconds(20)
            ),
            fence: WriteFence(),
            inbox: inbox,
            logger: logger
        )
        let health = HealthServer(
            address: try ListenAddress(parsing: "127.0.0.1:0"),
            endpoints: HealthEndpoints(readiness: [elector]),
            logger: logger
        )
        var running = RuntimeGroup(logger: logger)
        running.add(server: health)
        running.elector = elector
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { [running] group in
            group.addTask { try await running.run() }
            let port = try await health.boundPort()
            while !elector.leadership.isLeading {
                try await TimeSource.system.sleep(until: .now.advanced(by: .milliseconds(5)))
            }
            let busy = try await fillPool(gate)
            let before = lease.version
            // More than could have been under way.
            while lease.version < before + 5 {
                try await TimeSource.system.sleep(until: .now.advanced(by: .milliseconds(5)))
            }
            let probe = try RawConnection(to: port)
            probe.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
            guard probe.receive().hasPrefix("HTTP/1.1 200") else { exit(3) }
            guard elector.leadership.isLeading else { exit(4) }
            for _ in 0..<busy { gate.signal() }
            kill(getpid(), SIGTERM)
            try await group.waitForAll()
        }
        guard lease.holder?.isEmpty == true else { exit(5) }
        exit(0)
    }

    /// Has every thread of the shared pool wait.
    ///
    /// - Returns: how many signals set them free.
    private static func fillPool(_ gate: DispatchSemaphore) async throws -> Int {
        let waiting = Locked(0)
        let tasks = 64
        for _ in 0..<tasks {
            Task(executorPreference: globalConcurrentExecutor) {
                waiting.change { $0 += 1 }
                gate.wait()
            }
        }
        // As many as there are threads wait; the others of them have not begun.
        var last = -1
        while waiting.value == 0 || waiting.value != last {
            last = waiting.value
            try await TimeSource.system.sleep(until: .now.advanced(by: .milliseconds(200)))
        }
        guard waiting.value < tasks else { exit(2) }
        return tasks
    }
}

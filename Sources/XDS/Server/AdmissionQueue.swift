import DequeModule
import KubeRuntime
import NIOCore
import Synchronization

/// Looks at callers, a bounded number at a time; those that come meanwhile wait, a bounded number of them.
final class AdmissionQueue: Sendable {
    private struct Caller {
        let credentials: StreamAuthenticator.Credentials
        let promise: EventLoopPromise<StreamAuthenticator.Verdict>
    }

    private struct State {
        var waiting: Deque<Caller> = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let wakeUp = WakeUp()
    private let authenticator: StreamAuthenticator
    private let options: XDSServerOptions
    private let time: TimeSource

    init(authenticator: StreamAuthenticator, options: XDSServerOptions, time: TimeSource) {
        self.authenticator = authenticator
        self.options = options
        self.time = time
    }

    /// - Returns: always gets a value.
    func verdict(
        on credentials: StreamAuthenticator.Credentials,
        eventLoop: any EventLoop
    ) -> EventLoopFuture<StreamAuthenticator.Verdict> {
        let promise = eventLoop.makePromise(of: StreamAuthenticator.Verdict.self)
        let isWaiting = state.withLock { state in
            guard !state.hasEnded, state.waiting.count < options.waitingAdmissions else { return false }
            state.waiting.append(Caller(credentials: credentials, promise: promise))
            return true
        }
        if isWaiting { wakeUp.call() } else { promise.succeed(.unavailable("the server is too busy, or ends")) }
        return promise.futureResult
    }

    /// Works until the task is cancelled. Then nobody is let in any more.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            while !Task.isCancelled {
                if running == options.admissions {
                    await group.next()
                    running -= 1
                } else if let caller = state.withLock({ $0.waiting.popFirst() }) {
                    group.addTask { await self.judge(caller) }
                    running += 1
                } else {
                    await wakeUp.wait()
                }
            }
            group.cancelAll()
        }
        let left = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for caller in left { caller.promise.succeed(.unavailable("the server ends")) }
    }

    private func judge(_ caller: Caller) async {
        do {
            let verdict = try await time.run(until: time.now + options.admissionPatience) { [authenticator] in
                await authenticator.verdict(on: caller.credentials)
            }
            caller.promise.succeed(verdict ?? .unavailable("who calls could not be told in time"))
        } catch {
            caller.promise.succeed(.unavailable("the server ends"))
        }
    }
}

import KubeRuntime
import NIOCore
import Synchronization

/// Looks at callers, as ``AdmissionTurns`` decides whose turn it is.
final class AdmissionQueue: Sendable {
    typealias Ticket = UInt64

    private struct Caller: Sendable {
        let credentials: StreamAuthenticator.Credentials
        let promise: EventLoopPromise<StreamAuthenticator.Verdict>
    }

    private struct State {
        var turns: AdmissionTurns<Caller>
        var hasEnded = false
    }

    private let state: Mutex<State>
    private let wakeUp = WakeUp()
    private let authenticator: StreamAuthenticator
    private let options: XDSServerOptions
    private let time: TimeSource

    init(authenticator: StreamAuthenticator, options: XDSServerOptions, time: TimeSource) {
        self.authenticator = authenticator
        self.options = options
        self.time = time
        state = Mutex(State(turns: AdmissionTurns(limits: options.turns)))
    }

    /// - Returns: a ticket to give up with, unless it is decided already; and the verdict, never `pending`, which comes also then.
    func verdict(
        on credentials: StreamAuthenticator.Credentials,
        eventLoop: any EventLoop
    ) -> (ticket: Ticket?, verdict: EventLoopFuture<StreamAuthenticator.Verdict>) {
        let promise = eventLoop.makePromise(of: StreamAuthenticator.Verdict.self)
        let caller = Caller(credentials: credentials, promise: promise)
        let ticket: Ticket? = state.withLock { state in
            state.hasEnded ? nil : state.turns.wait(caller, from: credentials.peer)
        }
        if ticket == nil {
            promise.succeed(.unavailable("the server is too busy, or ends"))
        } else {
            wakeUp.call()
        }
        return (ticket, promise.futureResult)
    }

    /// The caller is gone. Nothing happens if it is being looked at already.
    func giveUp(_ ticket: Ticket) {
        state.withLock { $0.turns.giveUp(ticket) }?.promise.succeed(.unavailable("the caller is gone"))
    }

    /// Works until the task is cancelled. Then nobody is let in any more.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                if let (caller, address) = state.withLock({ $0.turns.next() }) {
                    group.addTask { await self.look(at: caller, from: address) }
                } else {
                    await wakeUp.wait()
                }
            }
            group.cancelAll()
        }
        let left = state.withLock { state in
            state.hasEnded = true
            return state.turns.giveUpAll()
        }
        for caller in left { caller.promise.succeed(.unavailable("the server ends")) }
    }

    private func look(at caller: Caller, from address: String) async {
        let deadline = time.now + options.admissionPatience
        var verdict = await judge(until: deadline) { [authenticator] in
            await authenticator.verdict(on: caller.credentials)
        }
        var later: (@Sendable () async -> StreamAuthenticator.Verdict)?
        if case .pending(let wait) = verdict { later = wait }
        // What has to be waited for takes no place from others.
        let mayWait = state.withLock { $0.turns.looked(at: address, staysPending: later != nil) }
        wakeUp.call()
        if let later {
            if mayWait {
                verdict = await judge(until: deadline, later)
                state.withLock { $0.turns.settled(address) }
            } else {
                verdict = .unavailable("too many callers wait for their pods to be seen")
            }
        }
        caller.promise.succeed(verdict)
    }

    private func judge(
        until deadline: TimeSource.Instant,
        _ work: @escaping @Sendable () async -> StreamAuthenticator.Verdict
    ) async -> StreamAuthenticator.Verdict {
        do {
            return try await time.run(until: deadline, work) ?? .unavailable("who calls could not be told in time")
        } catch {
            return .unavailable("the server ends")
        }
    }
}

import CoreMetrics
import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import Synchronization

/// Has one of several replicas lead at a time: ``Election`` decides, this does.
///
/// # Guarantees
/// - The fence is open only while this replica leads, and closes by itself when the lease is not renewed, also while every task of this process is
///   stuck.
/// - ``whileLeading(_:)`` runs its work for each term, cancels it at its end, and no other term begins before it has returned.
/// - On a graceful shutdown the lease is given up last, so that another replica leads at once.
///
/// # Errors
/// None ends it. A lease that cannot be read or written is told by ``healthChecks()`` and the log, and tried again.
package final class LeaseElector: Service {
    package let identity: String
    package let fence: WriteFence

    private let storage: any LeaseStorage
    private let times: ElectionTimes
    private let watch: (any KindReflecting)?
    private let time: TimeSource
    private let seed: UInt64
    private let metrics: ElectionMetrics?
    private let logger: Logger
    private let inbox: ElectionInbox
    private let state = ObservedValue(Leadership())

    /// - Parameters:
    ///   - identity: see ``Election/init(identity:times:seed:)``.
    ///   - watch: shows states of the lease to `inbox`; run with this. Without one a release is noticed when the lease runs out.
    package init(
        identity: String,
        storage: any LeaseStorage,
        times: ElectionTimes = ElectionTimes(),
        fence: WriteFence,
        watch: (any KindReflecting)? = nil,
        inbox: ElectionInbox = ElectionInbox(),
        time: TimeSource = .system,
        seed: UInt64 = .random(in: 0 ... .max),
        metrics: ElectionMetrics? = nil,
        logger: Logger
    ) {
        self.identity = identity
        self.storage = storage
        self.times = times
        self.fence = fence
        self.watch = watch
        self.inbox = inbox
        self.time = time
        self.seed = seed
        self.metrics = metrics
        var logger = logger
        logger[metadataKey: "lease"] = "\(storage.description)"
        logger[metadataKey: "identity"] = "\(identity)"
        self.logger = logger
    }

    package var leadership: Leadership { state.value }

    /// Takes part until a graceful shutdown, and then gives the lease up if it has it. Cancellation ends it at once and leaves the lease to run out.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                if let watch { group.addTask { await watch.run() } }
                await campaign(&group)
                fence.close()
                state.update { $0.phase = .ended }
                metrics?.status.record(0)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.inbox.put(.resign)
        }
    }

    /// Runs `work` for each term, until a graceful shutdown or the task's cancellation, or until `work` returns by itself.
    ///
    /// - Parameter work: ends soon after it was cancelled. A graceful shutdown is its own to see to: it may finish what it has begun, since the
    ///   lease is kept until it returns.
    package func whileLeading(_ work: @escaping @Sendable () async -> Void) async {
        var last = 0
        while let term = await nextTerm(after: last) {
            last = term
            let hasReturned = await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    await work()
                    return true
                }
                group.addTask { [state] in
                    _ = await state.wait(until: nil, time: .system) { $0.phase != .leading(term: term) }
                    return false
                }
                let hasReturned = await group.next() ?? true
                group.cancelAll()
                return hasReturned
            }
            state.update { $0.workers -= 1 }
            if hasReturned { return }
        }
    }

    private func nextTerm(after last: Int) async -> Int? {
        await cancelWhenGracefulShutdown { [state] in
            while await state.wait(until: nil, time: .system, for: { $0.isBeyond(last) }) {
                if let term = state.update({ $0.join(after: last) }) { return term }
            }
            return nil
        }
    }

    // MARK: - Campaign

    private func campaign(_ group: inout DiscardingTaskGroup) async {
        var election = Election(identity: identity, times: times, seed: seed)
        var inputs: [Election.Input] = [.wokeUp]
        while !Task.isCancelled {
            for input in inputs {
                note(input)
                let actions = election.step(input, now: time.now)
                let holder = election.holder
                state.update { $0.holder = holder }
                for action in actions { perform(action, election.isLeading, &group) }
            }
            if election.hasEnded { return }
            inputs = inbox.take()
            if inputs.isEmpty {
                await inbox.wait(until: election.wakeAt, time: time)
                inputs = inbox.take()
                if inputs.isEmpty { inputs = [.wokeUp] }
            }
        }
    }

    private func perform(_ action: Election.Action, _ isLeading: Bool, _ group: inout DiscardingTaskGroup) {
        switch action {
        case .read:
            if isLeading { metrics?.slowPath.increment() }
            let deadline = time.now.advanced(by: times.callTimeout)
            group.addTask {
                await self.call(until: deadline) { [storage = self.storage] () async throws(KubeError) in
                    .read(try await storage.read())
                }
            }
        case .write(let write):
            group.addTask { await self.write(write) }
        case .lead(let until):
            fence.open(until: until)
            let term = state.update { $0.lead() }
            metrics?.status.record(1)
            metrics?.terms.increment()
            logger.notice("this replica leads", metadata: ["term": "\(term)"])
        case .extend(let until):
            fence.extend(until: until)
        case .stopLeading(let loss):
            fence.close()
            state.update { $0.phase = .yielding }
            metrics?.status.record(0)
            logger.log(
                level: loss == .resigned ? .notice : .warning,
                "this replica leads no more",
                metadata: ["reason": "\(loss.rawValue)"]
            )
            group.addTask { await self.awaitDrain() }
        case .end: break
        }
    }

    private func awaitDrain() async {
        guard await state.wait(until: nil, time: time, for: { $0.workers == 0 }) else { return }
        state.update { if $0.phase == .yielding { $0.phase = .standingBy } }
        inbox.put(.drained)
    }

    // MARK: - Calls

    private func write(_ write: LeaseWrite) async {
        var deadline = write.sent.advanced(by: times.callTimeout)
        if write.purpose == .release, let last = fence.lastUnanswered {
            // What was given up may still be on its way: the next leader is not to begin before it has come.
            let quiet = last.advanced(by: times.margin)
            if time.now < quiet {
                do { try await time.sleep(until: quiet) } catch { return inbox.put(.failed) }
                deadline = max(deadline, quiet.advanced(by: .seconds(1)))
            }
        }
        let record = write.record(identity: identity, times: times, wall: time.wall.description)
        await call(until: deadline, replacing: write.base) { [storage] () async throws(KubeError) in
            .written(try await storage.write(record, replacing: write.base))
        }
    }

    /// Makes a call and reports its one result.
    private func call(
        until deadline: TimeSource.Instant,
        replacing base: LeaseState? = nil,
        _ body: @escaping @Sendable () async throws(KubeError) -> Election.Input
    ) async {
        do {
            let result = try await time.run(until: deadline) { try await body() }
            if result == nil { fail("\(storage.description): no answer within \(times.callTimeout)") }
            inbox.put(result ?? .failed)
        } catch {
            guard let error = error as? KubeError else { return inbox.put(.failed) }
            if error.isLeaseConflict(replacing: base) { return inbox.put(.conflicted) }
            fail(error.isNotFound ? "\(error). Its namespace must exist" : "\(error)")
            inbox.put(.failed)
        }
    }

    private func note(_ input: Election.Input) {
        examine(input)
        switch input {
        case .read, .written, .conflicted:
            state.update { state in
                state.fault = nil
                state.hasSeenLease = true
            }
        case .observed(.some): state.update { $0.hasSeenLease = true }
        default: break
        }
    }

    /// Tells of numbers in the Lease that make no sense, once for each set of them. They are no reason to be without a leader.
    private func examine(_ input: Election.Input) {
        let record: LeaseRecord
        switch input {
        case .observed(let lease?), .read(let lease?), .written(let lease): record = lease.record
        default: return
        }
        let fault = record.faults(times).joined(separator: "; ")
        let isNews = state.update { state in
            defer { state.recordFault = fault }
            return state.recordFault != fault
        }
        guard isNews, !fault.isEmpty else { return }
        metrics?.absurdRecords.increment()
        logger.warning(
            "the Lease holds numbers that make no sense",
            metadata: ["holder": "\(record.holder)", "fault": "\(fault)"]
        )
    }

    private func fail(_ fault: String) {
        guard !Task.isCancelled else { return }
        metrics?.failures.increment()
        let isNew = state.update { state in
            defer { state.fault = fault }
            return state.fault != fault
        }
        let level: Logger.Level = isNew ? .warning : .debug
        logger.log(level: level, "the lease cannot be had, trying again", metadata: ["reason": "\(fault)"])
    }
}

extension LeaseElector: HealthSource {
    /// A replica that stands by is ready. One that never saw the lease is not: nobody may lead.
    package func healthChecks() -> [HealthCheck] {
        let leadership = state.value
        let name = "leader-election"
        if leadership.isLeading { return [HealthCheck(name: name, state: "leading", reason: identity, passes: true)] }
        if let fault = leadership.fault {
            return [HealthCheck(name: name, state: "blocked", reason: fault, passes: leadership.hasSeenLease)]
        }
        guard leadership.hasSeenLease else { return [HealthCheck(name: name, state: "asking", passes: false)] }
        let holder = leadership.holder.map { "\($0) leads" } ?? "nobody leads"
        return [HealthCheck(name: name, state: "standing-by", reason: holder, passes: true)]
    }
}

import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import KubeRuntime

/// The shell around the election, with a lease in memory.
struct LeaseElectorTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    private static let times = ElectionTimes(
        leaseDuration: .seconds(3),
        renewDeadline: .seconds(2),
        retryPeriod: .milliseconds(100)
    )

    private static func elector(_ identity: String, _ lease: SharedLease) -> LeaseElector {
        let inbox = ElectionInbox()
        lease.tell(inbox)
        return LeaseElector(
            identity: identity,
            storage: lease,
            times: times,
            fence: WriteFence(),
            inbox: inbox,
            logger: logger
        )
    }

    private static func group(_ services: any Service...) -> ServiceGroup {
        ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: logger))
    }

    @Test func oneLeadsAndTheOtherFollowsWhenItEnds() async throws {
        let lease = SharedLease()
        let (first, second) = (Self.elector("first", lease), Self.elector("second", lease))
        let groups = [Self.group(first), Self.group(second)]
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await groups[0].run() }
            #expect(await eventually { first.leadership.isLeading && first.fence.isOpen })
            tasks.addTask { try await groups[1].run() }
            #expect(await eventually { second.leadership.holder == "first" })
            #expect(!second.fence.isOpen)
            #expect(second.healthChecks().map(\.line) == ["[+]leader-election standing-by: first leads"])
            #expect(first.healthChecks().map(\.line) == ["[+]leader-election leading: first"])
            await groups[0].triggerGracefulShutdown()
            #expect(await eventually { second.leadership.isLeading && second.fence.isOpen })
            #expect(!first.fence.isOpen)
            await groups[1].triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(lease.holder?.isEmpty == true, "given back")
    }

    @Test func aLeaseWithAbsurdNumbersIsToldAndTaken() async throws {
        let lease = SharedLease()
        _ = try await lease.write(
            LeaseRecord(
                holder: "gone",
                durationSeconds: .max,
                acquireTime: "9999-12-31T23:59:59.000000Z",
                renewTime: "9999-12-31T23:59:59.000000Z",
                transitions: Int64(Int32.max)
            ),
            replacing: nil
        )
        let warnings = Locked<[String]>([])
        let registry = PrometheusRegistry()
        let inbox = ElectionInbox()
        lease.tell(inbox)
        let elector = LeaseElector(
            identity: "we",
            storage: lease,
            times: Self.times,
            fence: WriteFence(),
            inbox: inbox,
            metrics: ElectionMetrics(name: "swiftlet", factory: registry),
            logger: Logger(label: "test") { _ in WarningKeeper(kept: warnings) }
        )
        let group = Self.group(elector)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            #expect(await eventually { elector.leadership.isLeading })
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(warnings.value.count == 1, "\(warnings.value)")
        #expect(warnings.value.first?.contains("leaseDurationSeconds is \(Int64.max)") == true)
        #expect(warnings.value.first?.contains("leaseTransitions is 2147483647") == true)
        #expect(registry.value("leader_election_absurd_records_total{name=\"swiftlet\"}") == 1)
    }

    @Test func noTermBeginsBeforeTheWorkOfTheLastHasEnded() async throws {
        let lease = SharedLease()
        let elector = Self.elector("we", lease)
        let (begun, mayEnd) = (Locked(0), Locked(false))
        let group = Self.group(elector)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                await elector.whileLeading {
                    begun.change { $0 += 1 }
                    // As a reconcile that does not heed its cancellation at once.
                    while !mayEnd.value { await Task.yield() }
                }
            }
            #expect(await eventually { begun.value == 1 })
            lease.setAway(true)
            #expect(await eventually { !elector.fence.isOpen })
            lease.setAway(false)
            #expect(await eventually { lease.holder == "we" })
            // Time for many attempts.
            let end = ContinuousClock.now + .seconds(1)
            while ContinuousClock.now < end {
                #expect(!elector.fence.isOpen && begun.value == 1)
                try await Task.sleep(for: .milliseconds(20))
            }
            mayEnd.change { $0 = true }
            #expect(await eventually { elector.fence.isOpen && begun.value == 2 })
            tasks.cancelAll()
            do { try await tasks.waitForAll() } catch is CancellationError {}
        }
    }

    /// Work of a term is cancelled at its end, and is begun again in the next.
    @Test func workGoesOnFromTermToTerm() async throws {
        let lease = SharedLease()
        let elector = Self.elector("we", lease)
        let log = Locked<[String]>([])
        let group = Self.group(elector)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                await elector.whileLeading {
                    log.change { $0.append("begins") }
                    while !Task.isCancelled { do { try await Task.sleep(for: .seconds(60)) } catch {} }
                    log.change { $0.append("ends") }
                }
            }
            #expect(await eventually { log.value == ["begins"] })
            lease.setAway(true)
            #expect(await eventually { log.value == ["begins", "ends"] })
            #expect(!elector.fence.isOpen)
            #expect(elector.healthChecks().map(\.passes) == [true], "it has seen the lease, and stands by")
            lease.setAway(false)
            #expect(await eventually { log.value.starts(with: ["begins", "ends", "begins"]) && elector.fence.isOpen })
            tasks.cancelAll()
            do { try await tasks.waitForAll() } catch is CancellationError {}
        }
    }

    @Test func aLeaseThatCannotBeHadIsToldAndNotReady() async throws {
        let lease = SharedLease()
        lease.setAway(true)
        let elector = Self.elector("we", lease)
        let group = Self.group(elector)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            #expect(await eventually { elector.healthChecks().first?.state == "blocked" })
            #expect(elector.healthChecks().first?.passes == false)
            #expect(elector.healthChecks().first?.reason.contains("503 ServiceUnavailable") == true)
            lease.setAway(false)
            #expect(await eventually { elector.healthChecks().first?.state == "leading" })
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

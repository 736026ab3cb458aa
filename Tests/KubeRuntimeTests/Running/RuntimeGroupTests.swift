import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import Testing

@testable import KubeRuntime

struct RuntimeGroupTests {
    private let log = Locked<[String]>([])
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private final class FakeController: ControllerRunning {
        let name = "things"
        let log: Locked<[String]>
        let end = WakeUp()
        init(log: Locked<[String]>) { self.log = log }
        func run() async {
            log.change { $0.append("controller begins") }
            await end.wait()
            log.change { $0.append("controller ends") }
        }
        func shutDown() { end.call() }
        let queueFigures = QueueFigures(depth: [.low: 7, .normal: 1], running: [.seconds(1.5), .seconds(2)])
    }

    private struct LoggingServer: Service {
        let log: Locked<[String]>
        func run() async throws {
            log.change { $0.append("server begins") }
            try await gracefulShutdown()
            log.change { $0.append("server ends") }
        }
    }

    private struct FailingServer: Service {
        func run() async throws { throw PermanentError("the address is taken") }
    }

    @Test func controllersBeginAfterTheirKindsAndEndBeforeThem() async throws {
        let pods = FakeKind("pods", .connecting)
        let odd = FakeKind("odd", .notInstalled)
        let isUp = ObservedValue(false)
        var group = RuntimeGroup(logger: logger)
        group.add(pods)
        group.add(odd, isRequired: false)
        group.add(FakeController(log: log))
        group.add(server: LoggingServer(log: log)) { _ = await isUp.wait(until: nil, time: .system) { $0 } }

        // The outer group gives the shutdown that a signal would.
        let outer = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: GroupService(group: group), successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                logger: logger
            )
        )
        let running = Task { try await outer.run() }
        #expect(await eventually { log.value == ["server begins"] })
        #expect(!pods.isRunning.value)
        isUp.update { $0 = true }
        #expect(await pods.isRunning.wait(until: nil, time: .system) { $0 })
        #expect(log.value == ["server begins"])
        pods.enter(.synced)
        #expect(await eventually { log.value.contains("controller begins") })

        await outer.triggerGracefulShutdown()
        try await running.value
        #expect(log.value == ["server begins", "controller begins", "controller ends", "server ends"])
        #expect(!pods.isRunning.value)
    }

    private struct LastWord: Service {
        let log: Locked<[String]>
        let lease: SharedLease
        func run() async throws {
            try await gracefulShutdown()
            log.change { $0.append("writer ends while \(lease.holder ?? "nobody") leads") }
        }
    }

    private static func elector(_ lease: SharedLease, _ logger: Logger) -> LeaseElector {
        // Long enough for a machine that is busy with other tests.
        let times = ElectionTimes(
            leaseDuration: .seconds(60),
            renewDeadline: .seconds(40),
            retryPeriod: .milliseconds(100)
        )
        return LeaseElector(identity: "we", storage: lease, times: times, fence: WriteFence(), logger: logger)
    }

    /// What it has sent must not arrive when another leads.
    @Test func whatWritesEndsBeforeTheLeaseIsGivenBack() async throws {
        let lease = SharedLease()
        var group = RuntimeGroup(logger: logger)
        let elector = Self.elector(lease, logger)
        group.elector = elector
        group.add(writer: LastWord(log: log, lease: lease))
        let outer = Self.group(of: [GroupService(group: group)], logger)
        let running = Task { try await outer.run() }
        #expect(await eventually { elector.leadership.isLeading })
        await outer.triggerGracefulShutdown()
        try await running.value
        #expect(log.value == ["writer ends while we leads"])
        #expect(lease.holder?.isEmpty == true)
    }

    @Test func dutiesAreDoneInEachTermAlsoWithoutControllers() async throws {
        let lease = SharedLease()
        var group = RuntimeGroup(logger: logger)
        let elector = Self.elector(lease, logger)
        group.elector = elector
        group.add(duty: { [log] in log.change { $0.append("duty") } })
        let outer = Self.group(of: [GroupService(group: group)], logger)
        let running = Task { try await outer.run() }
        #expect(await eventually { log.value == ["duty"] })
        lease.setAway(true)
        #expect(await eventually { !elector.leadership.isLeading })
        lease.setAway(false)
        #expect(await eventually { log.value == ["duty", "duty"] })
        await outer.triggerGracefulShutdown()
        try await running.value
    }

    @Test func kindsAndQueuesTellTheirFigures() {
        var group = RuntimeGroup(logger: logger)
        group.add(FakeKind("pods", .synced))
        group.add(FakeKind("odd", .notInstalled), isRequired: false)
        group.add(FakeController(log: log))
        let registry = PrometheusRegistry()
        registry.register(group.metrics)
        let lines = registry.text().split(separator: "\n")
        for line in [
            "store_objects{resource=\"pods\"} 3", "store_resource_version{resource=\"pods\"} 42",
            "reflector_state{resource=\"odd\",state=\"notInstalled\"} 1",
            "reflector_state{resource=\"odd\",state=\"synced\"} 0",
            "workqueue_depth{controller=\"things\",name=\"things\",priority=\"-100\"} 7",
            "workqueue_depth{controller=\"things\",name=\"things\",priority=\"0\"} 1",
            "workqueue_unfinished_work_seconds{controller=\"things\",name=\"things\"} 3.5",
            "workqueue_longest_running_processor_seconds{controller=\"things\",name=\"things\"} 2",
        ] {
            #expect(lines.contains(Substring(line)), "\(line) is missing")
        }
        #expect(group.readiness.healthChecks().map(\.passes) == [true, true])
    }

    @Test func aPartThatFailsEndsTheRestAndIsTold() async {
        let pods = FakeKind("pods", .synced)
        var group = RuntimeGroup(logger: logger)
        group.add(pods)
        group.add(FakeController(log: log))
        group.add(server: FailingServer())
        await #expect(throws: PermanentError.self) { try await group.run(signals: []) }
        #expect(!pods.isRunning.value)
    }

    @Test func aDeferredGroupRunsOnceItIsKnownAndEndsWithTheOuterOne() async throws {
        let isKnown = ObservedValue(false)
        let log = log
        let logger = logger
        let deferred = DeferredGroup {
            _ = await isKnown.wait(until: nil, time: .system) { $0 }
            var group = RuntimeGroup(logger: logger)
            group.add(FakeController(log: log))
            return group
        }
        let outer = Self.group(of: [LoggingServer(log: log), deferred], logger)
        let running = Task { try await outer.run() }
        #expect(await eventually { log.value == ["server begins"] })
        isKnown.update { $0 = true }
        #expect(await eventually { log.value.contains("controller begins") })
        await outer.triggerGracefulShutdown()
        try await running.value
        #expect(log.value == ["server begins", "controller begins", "controller ends", "server ends"])
    }

    @Test func aDeferredGroupThatIsNotYetKnownEndsQuietly() async throws {
        let log = log
        let deferred = DeferredGroup {
            log.change { $0.append("asking") }
            try await Task.sleep(for: .seconds(1000))
            throw PermanentError("never known")
        }
        let outer = Self.group(of: [LoggingServer(log: log), deferred], logger)
        let running = Task { try await outer.run() }
        #expect(await eventually { log.value.count == 2 })
        await outer.triggerGracefulShutdown()
        try await running.value
        #expect(log.value.last == "server ends")
    }

    @Test func whatADeferredGroupCannotFindOutEndsTheOuterOne() async {
        let deferred = DeferredGroup { throw PermanentError("never known") }
        let outer = Self.group(of: [LoggingServer(log: log), deferred], logger)
        await #expect(throws: PermanentError.self) { try await outer.run() }
    }

    private static func group(of services: [any Service], _ logger: Logger) -> ServiceGroup {
        ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: logger))
    }

    private struct GroupService: Service {
        let group: RuntimeGroup
        func run() async throws { try await group.run(signals: []) }
    }
}

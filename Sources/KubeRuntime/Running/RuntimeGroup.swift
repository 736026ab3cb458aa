import Logging
import ServiceLifecycle
import UnixSignals

/// Runs the parts of an operator together.
///
/// Order of beginning: first what serves others, such as health, which tells what the rest waits for, and webhooks, without which no
/// cache may fill; then events and reflectors; controllers when the kinds that they need have
/// been listed, and while this process leads. The end goes the other way round: no controller is without its caches, no reconcile without a place for its events.
///
/// The elector, the group itself and with it signals and the order of the end run on ``WorkerExecutor/control``, so that neither the lease
/// nor a signal waits for a turn of the pool that all other parts share.
package struct RuntimeGroup: Sendable {
    package var options = RuntimeOptions()
    package var events: EventRecorder?
    /// Without one, controllers run for as long as the group.
    package var elector: LeaseElector?

    /// The kinds that were added.
    package private(set) var kinds: [RuntimeKind] = []
    package private(set) var controllers: [any ControllerRunning] = []

    private let time: TimeSource
    private let logger: Logger
    private var servers: [RuntimeServer] = []
    private var writers: [any Service] = []
    private var duties: [@Sendable () async -> Void] = []

    package init(time: TimeSource = .system, logger: Logger) {
        self.time = time
        self.logger = logger
    }

    /// Adds a kind to follow.
    ///
    /// - Parameter isRequired: whether controllers must have it to begin.
    package mutating func add(_ reflector: any KindReflecting, isRequired: Bool = true) {
        kinds.append(RuntimeKind(reflector: reflector, isRequired: isRequired))
    }

    package mutating func add(_ controller: any ControllerRunning) { controllers.append(controller) }

    /// Adds something that is done beside the controllers: at the beginning of each term where there is an election, else once.
    ///
    /// - Parameter duty: ends soon after it was cancelled, as which the end of the group counts too.
    package mutating func add(duty: @escaping @Sendable () async -> Void) { duties.append(duty) }

    /// Adds a part that serves others: it begins before caches are filled, and ends after the controllers have. The order of adding is
    /// that of beginning.
    ///
    /// - Parameter untilUp: returns when the part serves; caches are not filled before. What it throws ends the group.
    package mutating func add(server: any Service, untilUp: @escaping @Sendable () async throws -> Void = {}) {
        servers.append(RuntimeServer(service: server, untilUp: untilUp))
    }

    /// Adds a part that runs from the beginning, whoever leads, and writes while this process does. It ends before the lease is given back: what it
    /// has sent must not arrive when another leads.
    ///
    /// - Parameter writer: ends only when its writes were answered or given up.
    package mutating func add(writer: any Service) { writers.append(writer) }

    /// The figures of what was added so far.
    package var metrics: RuntimeMetrics {
        RuntimeMetrics(kinds: kinds.map(\.reflector), controllers: controllers)
    }

    /// The readiness of what was added so far.
    package var readiness: KindReadiness { KindReadiness(kinds) }

    /// Runs everything until one of the signals comes, a part fails or the task is cancelled.
    ///
    /// - Throws: what a part threw.
    package func run(signals: [UnixSignal] = [.sigterm, .sigint]) async throws {
        var services: [any Service] = servers.map { SharedPoolService(service: $0.service) }
        // Before everything that writes, and so its end comes after theirs.
        if let elector { services.append(elector) }
        services += writers.map { SharedPoolService(service: $0) }
        if let events { services.append(SharedPoolService(service: EventService(events: events))) }
        let reflecting = ReflectorService(reflectors: kinds.map(\.reflector), servers: servers)
        services.append(SharedPoolService(service: reflecting))
        let controlling = ControllerService(
            controllers: controllers,
            duties: duties,
            elector: elector,
            sync: CacheSync(kinds: kinds, options: options, time: time, logger: logger),
            logger: logger
        )
        services.append(SharedPoolService(service: controlling))
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: signals,
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = options.shutdownLimit
        let group = ServiceGroup(configuration: configuration)
        try await withTaskExecutorPreference(WorkerExecutor.control) { try await group.run() }
    }
}

/// A kind that is followed.
package struct RuntimeKind: Sendable {
    package let reflector: any KindReflecting
    /// Whether controllers must have it to begin.
    package let isRequired: Bool
}

private struct RuntimeServer: Sendable {
    let service: any Service
    let untilUp: @Sendable () async throws -> Void
}

/// Writes events until everybody who reports has ended, and then what is left.
private struct EventService: Service {
    let events: EventRecorder

    func run() async throws {
        await withGracefulShutdownHandler {
            await events.run()
        } onGracefulShutdown: {
            events.shutDown()
        }
    }
}

/// Follows the kinds.
private struct ReflectorService: Service {
    let reflectors: [any KindReflecting]
    let servers: [RuntimeServer]

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            for server in servers { try await server.untilUp() }
            await withDiscardingTaskGroup { group in
                for reflector in reflectors { group.addTask { await reflector.run() } }
            }
        }
        // Without kinds there is nothing to do, which is no reason to end the others.
        try await gracefulShutdown()
    }
}

/// Reconciles, once there is something to reconcile by, and while this process leads.
private struct ControllerService: Service {
    let controllers: [any ControllerRunning]
    let duties: [@Sendable () async -> Void]
    let elector: LeaseElector?
    let sync: CacheSync
    let logger: Logger

    func run() async throws {
        try await withGracefulShutdownHandler {
            let mayBegin = await cancelWhenGracefulShutdown { await sync.wait() }
            if mayBegin, !controllers.isEmpty || !duties.isEmpty {
                if let elector {
                    await elector.whileLeading {
                        await reconcile()
                        // A term lasts until its end, also when duties were all that there was to do: there are more to come.
                        do { try await gracefulShutdown() } catch {}
                    }
                } else {
                    await reconcile()
                }
            }
            try await gracefulShutdown()
        } onGracefulShutdown: {
            for controller in controllers { controller.shutDown() }
        }
    }

    private func reconcile() async {
        if !controllers.isEmpty {
            logger.info("controllers begin", metadata: ["controllers": .array(controllers.map { "\($0.name)" })])
        }
        await withDiscardingTaskGroup { group in
            for controller in controllers { group.addTask { await controller.run() } }
            for duty in duties { group.addTask { await cancelWhenGracefulShutdown { await duty() } } }
        }
    }
}

import CoreMetrics
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI
import WebServers

/// The operator: finds out what the cluster serves, and runs everything until it is told to stop.
package struct OperatorService: Sendable {
    package struct Options: Sendable {
        /// The namespaces whose WebServers are looked after; empty for all.
        package var namespaces: [String] = []
        /// Whether WebServers are looked after.
        package var hasWebServers = true
        /// The annotations that Ingresses may have.
        package var allowedIngressAnnotations = IngressAnnotations.standard
        /// How many WebServers are reconciled at once.
        package var workers = 4
        /// Where health, readiness and metrics are served.
        package var healthAddress: ListenAddress
        /// Who writes events: the name of the pod or host.
        package var instance: String
        /// `nil` for the only replica, which leads from the start.
        package var election: OperatorElection?
        /// `nil` runs no mesh.
        package var mesh: MeshOptions?
        /// `nil` is asked nothing, and runs no mesh.
        package var webhooks: WebhookOptions?
        /// Whether SIGTERM and SIGINT end the operator; else only cancellation does.
        package var endsOnSignals = true

        package init(healthAddress: ListenAddress, instance: String) {
            self.healthAddress = healthAddress
            self.instance = instance
        }
    }

    /// Writes while this replica leads.
    private let client: KubeClient
    private let fence: WriteFence
    private let options: Options
    private let registry: PrometheusRegistry
    private let time: TimeSource
    private let logger: Logger

    package init(
        client: KubeClient,
        options: Options,
        registry: PrometheusRegistry,
        time: TimeSource = .system,
        logger: Logger
    ) {
        let fence = WriteFence(now: { time.now })
        self.fence = fence
        self.client = options.election == nil ? client : client.fenced(by: fence)
        self.options = options
        self.registry = registry
        registry.add(.swiftlet)
        self.time = time
        self.logger = logger
    }

    /// Runs until SIGTERM or SIGINT, then lets running reconciles end.
    ///
    /// Health is served first. An API server that does not answer is waited for; `/readyz` tells why.
    ///
    /// - Throws: ``HealthError`` when the address cannot be bound.
    package func run() async throws {
        let readiness = StartupReadiness()
        let pool = PoolWatch(time: time)
        registry.register(HealthMetrics(liveness: [pool], readiness: [readiness]))
        let health = HealthServer(
            address: options.healthAddress,
            endpoints: HealthEndpoints(liveness: [pool], readiness: [readiness], registry: registry),
            logger: logger
        )
        let discovery = ClusterDiscovery(client: client, time: time, logger: logger)
        let deferred = DeferredGroup {
            _ = try await health.boundPort()
            let (group, ready) = reconciling(on: try await discovery.features(telling: readiness))
            registry.register(group.metrics)
            readiness.begin(ready)
            return group
        }
        var group = RuntimeGroup(time: time, logger: logger)
        group.add(server: health) { _ = try await health.boundPort() }
        group.add(server: pool)
        group.add(server: deferred)
        group.add(server: MallocTrimmer(time: time, logger: logger))
        if options.endsOnSignals { try await group.run() } else { try await group.run(signals: []) }
    }

    /// What is run once it is known what the cluster can do, and what tells whether it is ready.
    func reconciling(on cluster: ClusterFeatures) -> (RuntimeGroup, any HealthSource) {
        var reflecting = ReflectorOptions()
        reflecting.usesWatchList = cluster.streamsLists
        reflecting.streaming = ListStreaming(time: time, logger: logger) { [client] in
            do {
                return try await Discovery(client: client).serverVersion().gitVersion
            } catch {
                return nil
            }
        }
        let events = EventRecorder(
            sink: KubeEventSink(client: client),
            reporter: EventReporter(controller: "web.phys.app/swiftlet", instance: options.instance),
            time: time,
            metrics: registry,
            logger: logger
        )
        let webServers = WebServerOperator(
            client: client,
            served: cluster.served,
            namespaces: options.namespaces,
            allowedAnnotations: options.allowedIngressAnnotations,
            workers: options.workers,
            reflecting: reflecting,
            events: events,
            time: time,
            metrics: registry,
            logger: logger
        )
        var group = RuntimeGroup(time: time, logger: logger)
        group.events = events
        var ready: [any HealthSource] = []
        var replica: (identity: DeliveryReporter.Identity, elector: LeaseElector)?
        if let election = options.election {
            let elector = election.elector(client: client, fence: fence, reflecting, time, metrics: registry, logger)
            group.elector = elector
            replica = (election.reportIdentity, elector)
            ready.append(elector)
        }
        let required = Set(webServers.required.map(\.name))
        if options.hasWebServers {
            for reflector in webServers.reflectors {
                group.add(reflector, isRequired: required.contains(reflector.name))
            }
            group.add(webServers.controller)
        }
        registry.register(webServers.figures)
        if let webhookOptions = options.webhooks {
            var webhooks = WebhookOperator(
                client: client,
                options: webhookOptions,
                servesProxies: options.mesh != nil,
                reflecting: reflecting,
                time: time,
                metrics: registry,
                logger: logger
            )
            let mesh = options.mesh.map { [replica] options in
                MeshOperator(
                    client: client,
                    options: options,
                    webhooks: webhooks,
                    replica: replica,
                    cluster: cluster,
                    reflecting: reflecting,
                    events: events,
                    time: time,
                    metrics: registry,
                    logger: logger
                )
            }
            mesh?.join(&group)
            if let mesh {
                registry.register(mesh.deliveryFigures)
                registry.register(mesh.connections)
            }
            webhooks.handlers[InjectorWebhooks.path] = mesh?.injection
            let validation = ValidationHandler(
                webServers: options.hasWebServers ? webServers.stores : nil,
                mesh: mesh?.lints,
                namespaces: webhookOptions.namespaces
            )
            if webhooks.validates { webhooks.handlers[ValidatorWebhooks.path] = { try validation.respond(to: $0) } }
            ready.append(webhooks.join(&group))
        }
        return (group, HealthSources(ready + [group.readiness]))
    }
}

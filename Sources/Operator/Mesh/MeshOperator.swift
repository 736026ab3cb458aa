import CoreMetrics
import Dataplanes
import Injection
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import ServiceLifecycle
import SwiftletAPI
import Synchronization
import XDS

/// The mesh part of the operator with everything that feeds it.
package struct MeshOperator: Sendable {
    let stores: MeshStores
    let engine: MeshEngine
    let hub: ProxyHub
    let reflectors: [any KindReflecting]
    let limitReflectors: [any KindReflecting]
    private let trustReflector: any KindReflecting
    let controllers: [any ControllerRunning]
    let xds: XDSServer
    /// Answers the API server about new pods; `nil` where none are injected.
    let injection: AdmissionHandler?
    private let webhooks: WebhookOperator
    /// Which objects proxies have not taken on.
    let deliveryFigures = DeliveryFigures()
    /// Which sidecars are not connected although they run.
    let connections = SidecarConnections()
    private let connectionWatch: ConnectionWatch
    private let trustBundles: TrustBundleController
    private let deliveryWatch: DeliveryWatch
    private let reporting: ReplicaReporting?
    private let defaultMesh: DefaultMesh?
    private let time: TimeSource

    init(
        client: KubeClient,
        options: MeshOptions,
        webhooks: WebhookOperator,
        replica: (identity: DeliveryReporter.Identity, elector: LeaseElector)? = nil,
        cluster: ClusterFeatures,
        reflecting: ReflectorOptions,
        events: EventRecorder,
        time: TimeSource,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.time = time
        self.webhooks = webhooks
        let stores = MeshStores()
        self.stores = stores
        let hub = ProxyHub()
        self.hub = hub
        // Before anybody else: the stream of a pod that is gone gets nothing of what is made for the next one of the name.
        hub.follow(stores.pods)
        engine = MeshEngine(options: options.dataplanes, hub: hub, time: time, metrics: metrics, logger: logger)
        let feed = ReflectorFeed(
            client: client,
            namespaces: [],
            options: reflecting,
            time: time,
            metrics: metrics,
            logger: logger
        )
        var reflectors = [
            feed.reflector(Mesh.resource, into: stores.meshes),
            feed.reflector(TrafficRoute.resource, into: stores.routes),
            feed.reflector(.namespaces, into: stores.namespaces), feed.reflector(.nodes, into: stores.nodes),
            // WebServers have theirs.
            feed.reflector(.services, into: stores.services, for: "mesh"),
            feed.reflector(.pods, into: stores.pods, for: "mesh"),
        ]
        if let resource = cluster.endpointSlices {
            reflectors.append(feed.reflector(resource, into: stores.slices, matching: EndpointSlice.keptByOthers))
        }
        let limits = webhooks.injects ? NamespaceLimitStores() : nil
        // The mesh follows from the others, which serving waits for.
        limitReflectors =
            limits.map { limits in
                [
                    feed.reflector(.limitRanges, into: limits.ranges),
                    feed.reflector(.resourceQuotas, into: limits.quotas),
                ]
            } ?? []
        self.reflectors = reflectors
        trustReflector = Reflector(
            name: "trust/\(APIResource.configMaps)",
            source: KubeListWatch<TrustBundleObject>(
                client: client,
                resource: .configMaps,
                fieldSelector: "metadata.name=\(SecretFile.configMapName)"
            ),
            store: stores.trustBundles,
            options: reflecting,
            time: time,
            metrics: ReflectorMetrics(resource: "trust/\(APIResource.configMaps)", factory: metrics),
            logger: logger
        )
        let xdsCertificate = webhooks.xdsCertificate
        let serverName = webhooks.serverName
        let shown = ShownCertificate(xdsCertificate)
        let failures = HandshakeFailures()
        let xds = XDSServer(
            address: options.xdsAddress,
            hub: hub,
            authenticator: SidecarAuthenticator(
                client: client,
                pods: stores.pods,
                mesh: Self.meshOf(stores, options),
                isGone: { hub.isGone($0.description) },
                time: time
            ).streamAuthenticator,
            certificate: { try shown.current() },
            metrics: metrics,
            logger: logger,
            options: options.xds,
            time: time,
            handshakeFailed: { peer, error in
                failures.note(peer, error, now: time.now, logger: logger) { address in
                    stores.pods.all().first { $0.podIP == address && $0.hasAddress }?.key
                }
            }
        )
        self.xds = xds
        let injector: @Sendable () async throws -> SidecarInjector? = {
            guard let served = xdsCertificate.current else { return nil }
            let port = UInt16(try await xds.boundPort())
            return SidecarInjector(options.injector(served.bundle.pem, port, serverName, cluster.runsNativeSidecars))
        }
        let handler = InjectionHandler(
            namespaces: NamespaceLookup(store: stores.namespaces, client: client, time: time),
            meshes: stores.meshes,
            injector: injector,
            metrics: InjectionMetrics(factory: metrics),
            logger: logger,
            limits: limits
        )
        let injection: AdmissionHandler = { try await handler.respond(to: $0) }
        self.injection = webhooks.injects ? injection : nil
        let barrier = WriteBarrier<ProgrammedKey>(
            stores: [Mesh.resource.groupKind: stores.meshes, TrafficRoute.resource.groupKind: stores.routes],
            time: time
        )
        let reports = replica.map { DeliveryReports(own: $0.identity.key) }
        let reconciler = ProgrammingReconciler(
            client: client,
            stores: stores,
            engine: engine,
            hub: hub,
            barrier: barrier,
            now: { time.wall.timestamp },
            events: events,
            reports: reports,
            connections: connections
        )
        let programming = Self.programming(reconciler, barrier, engine, time, metrics, logger)
        deliveryWatch = DeliveryWatch(
            reconciler: reconciler,
            queue: programming.queue,
            hub: hub,
            time: time,
            figures: deliveryFigures
        )
        connectionWatch = ConnectionWatch(
            stores: stores,
            hub: hub,
            connections: connections,
            failures: failures,
            connectedElsewhere: { reports.map(\.connected) ?? [] },
            meshOf: Self.meshOf(stores, options),
            queue: programming.queue,
            time: time
        )
        if let replica, let reports {
            reporting = ReplicaReporting(
                client: client,
                identity: replica.identity,
                reports: reports,
                reconciler: reconciler,
                queue: programming.queue,
                elector: replica.elector,
                reflecting: reflecting,
                time: time,
                logger: logger
            )
        } else {
            reporting = nil
        }
        var controllers: [any ControllerRunning] = [programming]
        // Where nobody is injected, no namespace is to be marked for it and no pod lacks anything.
        if webhooks.injects {
            controllers += [
                NamespaceMirrorController.make(
                    client: client,
                    namespaces: stores.namespaces,
                    time: time,
                    metrics: ControllerMetrics(controller: "namespace", factory: metrics),
                    logger: logger
                ),
                SlippedPodController.make(
                    SlippedPodReconciler(
                        client: client,
                        stores: stores,
                        events: events,
                        log: SlippedPodLog(metrics: metrics),
                        injector: injector,
                        isInjecting: { webhooks.isInjecting && xdsCertificate.current != nil },
                        evictionVersion: cluster.evictionVersion,
                        pace: SlippedPodReconciler.PaceKeeper(),
                        time: time
                    ),
                    time: time,
                    metrics: ControllerMetrics(controller: "slipped-pods", factory: metrics),
                    logger: logger
                ),
            ]
        }
        // Sidecars go on where nobody is injected any more.
        let trustBundles = TrustBundleController(
            client: client,
            stores: stores,
            certificate: xdsCertificate,
            time: time,
            metrics: ControllerMetrics(controller: "trust-bundle", factory: metrics),
            logger: logger
        )
        controllers.append(trustBundles.controller)
        self.trustBundles = trustBundles
        self.controllers = controllers
        defaultMesh =
            options.createsDefaultMesh
            ? DefaultMesh(client: client, meshes: stores.meshes, time: time, logger: logger) : nil
        engine.follow(stores)
    }

    private static func meshOf(_ stores: MeshStores, _ options: MeshOptions) -> @Sendable (Pod) -> String? {
        { pod in
            guard pod.hasSidecar else { return nil }
            let namespace = stores.namespaces.get(ObjectKey(namespace: "", name: pod.namespace))
            return MeshMarks.mesh(of: pod, in: namespace, otherwise: options.dataplanes.defaultMesh)
        }
    }

    static func programming(
        _ reconciler: ProgrammingReconciler,
        _ barrier: WriteBarrier<ProgrammedKey>,
        _ engine: MeshEngine,
        _ time: TimeSource,
        _ metrics: any MetricsFactory,
        _ logger: Logger
    ) -> Controller<ProgrammedKey> {
        let stores = reconciler.stores
        var options = ControllerOptions()
        options.workers = 2
        let controller = Controller<ProgrammedKey>(
            name: "programming",
            options: options,
            barrier: barrier,
            time: time,
            metrics: ControllerMetrics(controller: "programming", factory: metrics),
            logger: logger,
            generation: { reconciler.generation(of: $0) },
            isGone: { reconciler.generation(of: $0) == nil },
            reconcile: { try await reconciler.reconcile($0, $1) }
        )
        // Through the engine, which sees what the stores see: before it has come to a change there is nothing to tell.
        engine.onWorkedIn { [queue = controller.queue] keys in
            for key in keys {
                queue.add(key)
                // Routes wait for a mesh that is missing.
                guard case .mesh(let name) = key else { continue }
                for route in stores.routes.all() where route.mesh == name { queue.add(.route(route.metadata.name)) }
            }
        }
        return controller
    }

    /// For those who are asked about TrafficRoutes.
    var lints: MeshLints { MeshLints(stores: stores, engine: engine) }

    /// Adds everything to a group. The kinds are not required by the group: web servers are looked after also where no mesh is installed.
    package func join(_ group: inout RuntimeGroup) {
        for reflector in reflectors + limitReflectors { group.add(reflector, isRequired: false) }
        for controller in controllers { group.add(controller) }
        group.add(
            server: MeshServing(
                engine: engine,
                deliveryWatch: deliveryWatch,
                xds: xds,
                certificate: webhooks.xdsCertificate,
                kinds: reflectors,
                begin: { [webhooks, engine] in
                    engine.begin()
                    await webhooks.beginInjecting()
                },
                time: time
            )
        )
        group.add(trustReflector, isRequired: false)
        group.add(duty: { await trustBundles.followAuthorities() })
        group.add(duty: { await connectionWatch.run() })
        reporting?.join(&group)
        if let defaultMesh, let meshes = reflectors.first {
            group.add(duty: { await defaultMesh.keep(meshes.kindState) })
        }
    }
}

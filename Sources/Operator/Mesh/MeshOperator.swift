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
    let controllers: [any ControllerRunning]
    let xds: XDSServer
    let webhooks: AdmissionServer
    let keeper: CertificateKeeper
    let registration: InjectorRegistration
    private let xdsCertificate: ServingCertificate
    private let deliveryWatch: DeliveryWatch
    private let defaultMesh: DefaultMesh?
    private let programming: Controller<ProgrammedKey>
    private let logger: Logger

    /// The names of the two certificates in their Secret.
    private enum CertificateName {
        static let webhook = "tls"
        static let xds = "xds"
    }

    init(
        client: KubeClient,
        options: MeshOptions,
        cluster: ClusterFeatures,
        reflecting: ReflectorOptions,
        time: TimeSource,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.logger = logger
        let stores = MeshStores()
        self.stores = stores
        hub = ProxyHub()
        engine = MeshEngine(options: options.dataplanes, hub: hub, time: time, metrics: metrics, logger: logger)
        let feed = ReflectorFeed(
            client: client,
            namespace: nil,
            options: reflecting,
            time: time,
            metrics: metrics,
            logger: logger
        )
        var reflectors = [
            feed.reflector(Mesh.resource, into: stores.meshes),
            feed.reflector(TrafficRoute.resource, into: stores.routes),
            feed.reflector(.namespaces, into: stores.namespaces), feed.reflector(.nodes, into: stores.nodes),
            feed.reflector(.services, into: stores.services), feed.reflector(.pods, into: stores.pods),
        ]
        if let resource = cluster.endpointSlices {
            reflectors.append(feed.reflector(resource, into: stores.slices, matching: EndpointSlice.keptByOthers))
        }
        self.reflectors = reflectors
        let serviceName = "\(options.service.name).\(options.service.namespace).svc"
        keeper = CertificateKeeper(
            options: Self.certificates(options),
            client: client,
            secret: options.secret,
            labels: ["app.kubernetes.io/name": "swiftlet"],
            mutating: [InjectorWebhooks.name],
            fieldManager: InjectorWebhooks.manager,
            reflecting: reflecting,
            time: time,
            metrics: metrics,
            logger: logger
        )
        let webhookCertificate = keeper.certificate(CertificateName.webhook) ?? ServingCertificate()
        let xdsCertificate = keeper.certificate(CertificateName.xds) ?? ServingCertificate()
        self.xdsCertificate = xdsCertificate
        let shown = ShownCertificate(xdsCertificate)
        let xds = XDSServer(
            address: options.xdsAddress,
            hub: hub,
            authenticator: SidecarAuthenticator(
                client: client,
                pods: stores.pods,
                mesh: Self.meshOf(stores, options),
                time: time
            ).streamAuthenticator,
            certificate: { try shown.current() },
            metrics: metrics,
            logger: logger,
            time: time
        )
        self.xds = xds
        let handler = InjectionHandler(
            client: client,
            namespaces: stores.namespaces,
            meshes: stores.meshes,
            injector: {
                guard let served = xdsCertificate.current else { return nil }
                let port = UInt16(try await xds.boundPort())
                return SidecarInjector(
                    options.injector(served.bundle.pem, port, serviceName, cluster.runsNativeSidecars)
                )
            },
            metrics: metrics,
            logger: logger
        )
        let webhooks = AdmissionServer(
            address: options.webhookAddress,
            endpoints: AdmissionEndpoints(
                handlers: [InjectorWebhooks.path: { try await handler.respond(to: $0) }],
                metrics: metrics,
                logger: logger
            ),
            certificate: webhookCertificate,
            time: time,
            logger: logger
        )
        self.webhooks = webhooks
        registration = InjectorRegistration(
            client: client,
            target: {
                let port = try await webhooks.boundPort()
                guard let host = options.webhookHost else { return .service(options.service, port: 443) }
                return .url("https://\(host.contains(":") ? "[\(host)]" : host):\(port)")
            },
            certificate: webhookCertificate,
            time: time,
            metrics: ControllerMetrics(controller: "injector", factory: metrics),
            logger: logger
        )
        let barrier = WriteBarrier<ProgrammedKey>(
            stores: [Mesh.resource.groupKind: stores.meshes, TrafficRoute.resource.groupKind: stores.routes],
            time: time
        )
        let reconciler = ProgrammingReconciler(
            client: client,
            stores: stores,
            engine: engine,
            hub: hub,
            barrier: barrier,
            now: { Timestamp(secondsSinceEpoch: time.wall.microsecondsSinceEpoch / 1_000_000) }
        )
        programming = Self.programming(reconciler, barrier, stores, time, metrics, logger)
        deliveryWatch = DeliveryWatch(reconciler: reconciler, queue: programming.queue, hub: hub, time: time)
        controllers = [
            programming, registration.controller,
            NamespaceMirrorController.make(
                client: client,
                namespaces: stores.namespaces,
                time: time,
                metrics: ControllerMetrics(controller: "namespace", factory: metrics),
                logger: logger
            ),
        ]
        defaultMesh =
            options.createsDefaultMesh ? DefaultMesh(client: client, meshes: stores.meshes, logger: logger) : nil
        engine.follow(stores)
    }

    private static func certificates(_ options: MeshOptions) -> CertificateKeeperOptions {
        var webhook = CertificateRequest.service(options.service.name, namespace: options.service.namespace)
        webhook.name = CertificateName.webhook
        if let host = options.webhookHost { webhook.ipAddresses = [host] }
        var xds = webhook
        xds.name = CertificateName.xds
        xds.ipAddresses = []
        return CertificateKeeperOptions(requests: [webhook, xds], authorityName: "swiftlet")
    }

    private static func meshOf(_ stores: MeshStores, _ options: MeshOptions) -> @Sendable (Pod) -> String? {
        { pod in
            guard pod.hasSidecar else { return nil }
            let namespace = stores.namespaces.get(ObjectKey(namespace: "", name: pod.namespace))
            return MeshMarks.mesh(of: pod, in: namespace, otherwise: options.dataplanes.defaultMesh)
        }
    }

    private static func programming(
        _ reconciler: ProgrammingReconciler,
        _ barrier: WriteBarrier<ProgrammedKey>,
        _ stores: MeshStores,
        _ time: TimeSource,
        _ metrics: any MetricsFactory,
        _ logger: Logger
    ) -> Controller<ProgrammedKey> {
        var options = ControllerOptions()
        options.workers = 2
        let controller = Controller<ProgrammedKey>(
            name: "programming",
            options: options,
            barrier: barrier,
            time: time,
            metrics: ControllerMetrics(controller: "programming", factory: metrics),
            logger: logger,
            reconcile: { try await reconciler.reconcile($0, $1) }
        )
        controller.watch(stores.routes) { [.route($0.key.name)] }
        controller.watch(stores.meshes) { change in
            // Routes wait for a mesh that is missing.
            let routes = stores.routes.all().filter { $0.mesh == change.key.name }
            return [.mesh(change.key.name)] + routes.map { .route($0.metadata.name) }
        }
        return controller
    }

    /// Adds everything to a group. The kinds are not required by the group: web servers are looked after also where no mesh is installed.
    package func join(_ group: inout RuntimeGroup) {
        for reflector in reflectors { group.add(reflector, isRequired: false) }
        for controller in controllers { group.add(controller) }
        group.add(server: keeper)
        group.add(server: webhooks) { _ = try await webhooks.boundPort() }
        group.add(
            server: MeshServing(
                engine: engine,
                deliveryWatch: deliveryWatch,
                xds: xds,
                certificate: xdsCertificate,
                kinds: reflectors,
                begin: { [defaultMesh, registration, engine] in
                    try await defaultMesh?.create()
                    engine.begin()
                    registration.begin()
                }
            )
        )
    }
}

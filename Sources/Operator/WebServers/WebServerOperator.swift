import CoreMetrics
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI
import WebServers

/// The controller of WebServers with everything that feeds it.
package struct WebServerOperator: Sendable {
    let stores: WebServerStores
    /// What is fed by the API server, to be run as long as the operator runs.
    package let reflectors: [any KindReflecting]
    /// The kinds without which the controller must not begin: it would take what it has not seen for missing. None where several namespaces
    /// are looked after, which do not wait for each other; what has not been read is then found for each WebServer.
    package let required: [any KindReflecting]
    package let controller: Controller<ObjectKey>
    /// How the WebServers are, for metrics.
    package let figures: any MetricsCollector

    /// - Parameters:
    ///   - namespaces: those to look after; empty for all.
    ///   - readsClusterKinds: whether kinds that are in no namespace are read. If not said, only where all namespaces are looked after: roles
    ///     for single namespaces cannot grant it.
    ///   - allowedAnnotations: the annotations that Ingresses may have.
    ///   - workers: how many WebServers are reconciled at once.
    ///   - reflecting: how kinds are listed and watched.
    package init(
        client: KubeClient,
        served: ServedKinds,
        namespaces: [String],
        readsClusterKinds: Bool? = nil,
        allowedAnnotations: IngressAnnotations = .standard,
        workers: Int,
        reflecting: ReflectorOptions = ReflectorOptions(),
        events: EventRecorder,
        time: TimeSource,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        let stores = WebServerStores(
            served: served,
            namespaces: namespaces.count > 1 ? namespaces : [],
            allowedAnnotations: allowedAnnotations
        )
        self.stores = stores
        let feed = ReflectorFeed(
            client: client,
            namespaces: namespaces,
            options: reflecting,
            time: time,
            metrics: metrics,
            logger: logger
        )
        figures = WebServerFigures(webServers: stores.webServers)
        let webServers = feed.reflectors(WebServer.resource, into: stores.webServers)
        let claims = feed.reflectors(.persistentVolumeClaims, into: stores.claims)
        var children: [any KindReflecting] = []
        var versions: [GroupKind: any SeenVersions] = [
            WebServer.resource.groupKind: stores.webServers,
            APIResource.persistentVolumeClaims.groupKind: stores.claims,
        ]
        for (role, store) in stores.children {
            guard let resource = role.resource(in: served) else { continue }
            children += feed.reflectors(resource, into: store)
            versions[resource.groupKind] = store
        }
        var others = feed.reflectors(.pods, into: stores.pods, matching: WebServerNames.managedSelector)
        others += feed.reflectors(.configMaps, into: stores.configMaps)
        others += feed.reflectors(.secrets, into: stores.secrets)
        if let resource = served.ingressClass, readsClusterKinds ?? namespaces.isEmpty {
            others += feed.reflectors(resource, into: stores.ingressClasses)
        }
        let needed = webServers + claims + children
        required = namespaces.count > 1 ? [] : needed
        reflectors = needed + others

        let converged = ConvergedVersions()
        let settled = SettledObjects()
        let barrier = WriteBarrier<ObjectKey>(stores: versions, time: time)
        let reconciler = WebServerReconciler(
            stores: stores,
            executor: PlanExecutor(client: client),
            barrier: barrier,
            events: events,
            converged: converged,
            settled: settled,
            now: { Timestamp(secondsSinceEpoch: time.wall.microsecondsSinceEpoch / 1_000_000) }
        )
        var options = ControllerOptions()
        options.workers = workers
        controller = Controller(
            name: "webserver",
            kind: WebServer.resource.kind,
            options: options,
            barrier: barrier,
            time: time,
            metrics: ControllerMetrics(controller: "webserver", factory: metrics),
            logger: logger,
            generation: { stores.webServers.get($0)?.metadata.generation },
            reconcile: { try await reconciler.reconcile($0, $1) }
        )
        Self.connect(controller, to: stores)
        stores.webServers.onChange { change in
            guard case .deleted(let webServer) = change else { return }
            events.forget(EventSubject(webServer))
            // A replica that stands by reconciles nothing, and may have led before.
            converged.remove(webServer.key)
            settled.remove(webServer.key)
        }
    }

    /// Which WebServers have to be looked at again when something changes.
    private static func connect(
        _ controller: Controller<ObjectKey>,
        to stores: WebServerStores
    ) {
        let webServers = stores.webServers
        controller.watchPrimary(webServers, generation: { $0.metadata.generation })
        // Children bear their WebServer's name, and so does whatever is in their way.
        for (role, store) in stores.children {
            controller.watch(store) { change in
                guard let webServer = webServers.get(change.key) else { return [] }
                return [change.key] + (role == .ingress ? stores.sharersOfPlace(with: webServer) : [])
            }
        }
        controller.watch(webServers) { change in
            switch change {
            // All are looked at anyway.
            case .added(_, isInitial: true): []
            case .added(let new, _): stores.sharersOfPlace(with: new)
            case .updated(let old, let new):
                old.metadata.generation == new.metadata.generation
                    && old.metadata.isBeingDeleted == new.metadata.isBeingDeleted
                    ? [] : stores.sharersOfPlace(with: old) + stores.sharersOfPlace(with: new)
            case .deleted(let old): stores.sharersOfPlace(with: old)
            }
        }
        controller.watch(stores.pods) { change in
            let instance = change.object.instance
            let old = change.old?.instance ?? instance
            // Of both when the label moves. A WebServer that is not there yet comes with its own change.
            return (old == instance ? [instance] : [old, instance])
                .map { ObjectKey(namespace: change.key.namespace, name: $0) }
                .filter { webServers.get($0) != nil }
        }
        func dependents(_ index: String) -> @Sendable (ObjectKey) -> [ObjectKey] {
            { key in Array(webServers.keys(index: index, value: WebServerStores.value(key.namespace, key.name))) }
        }
        let byClaim = dependents(WebServerStores.Index.claim)
        controller.watch(stores.claims) { byClaim($0.key) }
        let byConfigMap = dependents(WebServerStores.Index.configMap)
        controller.watch(stores.configMaps) { byConfigMap($0.key) }
        let bySecret = dependents(WebServerStores.Index.secret)
        controller.watch(stores.secrets) { bySecret($0.key) }
        controller.watch(stores.ingressClasses) { stores.dependents(on: $0) }
    }
}

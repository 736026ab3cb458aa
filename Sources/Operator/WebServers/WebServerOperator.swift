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
        Self.connect(controller, to: stores, converged)
        stores.webServers.onChange { change in
            guard case .deleted(let webServer) = change else { return }
            events.forget(EventSubject(webServer))
            // A replica that stands by reconciles nothing, and may have led before.
            converged.remove(webServer.key)
            settled.remove(webServer.key)
        }
    }

    /// How often the progress of a rollout is told at most, unless it turns a condition: a Deployment of 200 replicas writes its status hundreds of
    /// times.
    static let progressPace = Duration.seconds(2)

    /// Which WebServers have to be looked at again when something changes.
    private static func connect(
        _ controller: Controller<ObjectKey>,
        to stores: WebServerStores,
        _ converged: ConvergedVersions
    ) {
        let webServers = stores.webServers
        controller.watchPrimary(
            webServers,
            generation: { $0.metadata.generation },
            concerns: { !converged.isOwnStatus($0, $1) }
        )
        // Children bear their WebServer's name, and so does whatever is in their way.
        for (role, store) in stores.children {
            controller.watch(store) { (change) -> (key: ObjectKey, delay: Duration)? in
                guard webServers.get(change.key) != nil else { return nil }
                guard case .updated(let old, let new) = change else { return (change.key, .zero) }
                return switch new.news(since: old, as: role) {
                case .none: nil
                case .progress: (change.key, progressPace)
                case .substance: (change.key, .zero)
                }
            }
        }
        if let ingresses = stores.children[.ingress] {
            controller.watch(ingresses) { change in
                if case .updated(let old, let new) = change, new.news(since: old, as: .ingress) == .none { return [] }
                return webServers.get(change.key).map { stores.sharersOfPlace(with: $0) } ?? []
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
        controller.watch(stores.pods) { stores.troubled(by: $0) }
        func dependents(_ index: String) -> @Sendable (ObjectKey) -> [ObjectKey] {
            { key in Array(webServers.keys(index: index, value: WebServerStores.value(key.namespace, key.name))) }
        }
        let byClaim = dependents(WebServerStores.Index.claim)
        controller.watch(stores.claims) { $0.isUpdate { $0.claim == $1.claim } ? [] : byClaim($0.key) }
        // Some are written every few seconds, with the same content.
        let byConfigMap = dependents(WebServerStores.Index.configMap)
        controller.watch(stores.configMaps) { $0.isUpdate { $0.digest == $1.digest } ? [] : byConfigMap($0.key) }
        let bySecret = dependents(WebServerStores.Index.secret)
        controller.watch(stores.secrets) { $0.isUpdate { $0.digest == $1.digest } ? [] : bySecret($0.key) }
        controller.watch(stores.ingressClasses) { stores.dependents(on: $0) }
    }
}

extension StoreChange {
    /// Whether an object was updated in a way of which this holds.
    fileprivate func isUpdate(_ holds: (_ old: Object, _ new: Object) -> Bool) -> Bool {
        if case .updated(let old, let new) = self { holds(old, new) } else { false }
    }
}

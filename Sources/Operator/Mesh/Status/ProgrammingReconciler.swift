import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI
import Synchronization
import TrafficPolicy
import XDS

/// Tells on Meshes and TrafficRoutes whether they are right, and how far they have come with the proxies.
struct ProgrammingReconciler: Sendable {
    /// Field manager of the statuses.
    static let manager = "swiftlet-status"
    /// When an object is looked at again that proxies have not taken on yet.
    static let patience = Duration.seconds(1)

    let client: KubeClient
    let stores: MeshStores
    let engine: MeshEngine
    let hub: ProxyHub
    let barrier: WriteBarrier<ProgrammedKey>
    let now: @Sendable () -> Timestamp
    /// Where people are told; `nil` for nowhere.
    var events: EventRecorder?
    /// What other replicas tell of their proxies; `nil` for the only one.
    let reports: DeliveryReports?
    /// Which sidecars are not connected.
    let connections: SidecarConnections
    private let news = NewsKeeper()

    init(
        client: KubeClient,
        stores: MeshStores,
        engine: MeshEngine,
        hub: ProxyHub,
        barrier: WriteBarrier<ProgrammedKey>,
        now: @escaping @Sendable () -> Timestamp,
        events: EventRecorder? = nil,
        reports: DeliveryReports? = nil,
        connections: SidecarConnections = SidecarConnections()
    ) {
        self.client = client
        self.connections = connections
        self.reports = reports
        self.stores = stores
        self.engine = engine
        self.hub = hub
        self.barrier = barrier
        self.now = now
        self.events = events
    }

    private final class NewsKeeper: Sendable {
        let news = Mutex(ProgrammingNews())
    }

    func reconcile(_ key: ProgrammedKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        // Counts of an older generation must not be told as those of the present one. The engine tells when it has come to it.
        guard isWorkedIn(key), let (known, status) = assess(key) else {
            if generation(of: key) == nil { news.news.withLock { $0.forget(key) } }
            return .done
        }
        // Proxies may have got further, and back to the counts of before, between two looks of the watch.
        let result: ReconcileResult =
            status.proxies.map { $0.pending > 0 } == true ? .requeue(after: Self.patience) : .done
        guard status != known else { return result }
        try await write(try status.json(), to: key, context)
        report(status, after: known, of: key, context)
        return result
    }

    /// Tells people of a status that was written.
    private func report(
        _ status: ProgrammingStatus,
        after known: ProgrammingStatus?,
        of key: ProgrammedKey,
        _ context: ReconcileContext
    ) {
        guard let item = news.news.withLock({ $0.item(for: key, known: known, status: status) }),
            let uid = uid(of: key)
        else { return }
        context.logger.log(
            level: item.severity == .warning ? .warning : .info,
            item.severity == .warning ? "not in force" : "in force with all proxies",
            metadata: ["reason": "\(item.reason)", "note": "\(item.note)"]
        )
        events?.report(
            EventReport(
                EventSubject(kind: key.resource.groupVersionKind, key: key.key, uid: uid),
                item.severity,
                reason: item.reason,
                action: "Program",
                note: item.note
            )
        )
    }

    private func uid(of key: ProgrammedKey) -> UID? {
        switch key {
        case .mesh: stores.meshes.get(key.key)?.metadata.uid
        case .route: stores.routes.get(key.key)?.metadata.uid
        }
    }

    private func write(
        _ status: JSONValue,
        to key: ProgrammedKey,
        _ context: ReconcileContext
    ) async throws(KubeError) {
        context.writes.note(key.resource.groupKind, key.key, part: "status", content: status)
        let object: JSONValue = [
            "apiVersion": .string(key.resource.apiVersion), "kind": .string(key.resource.kind),
            "metadata": ["name": .string(key.key.name)], "status": status,
        ]
        do {
            let stored = try await client.patch(
                key.resource,
                key.key,
                .apply(object),
                options: WriteOptions(fieldManager: Self.manager, force: true),
                subresource: "status",
                as: ObjectMetaProjection.self
            )
            barrier.wrote(key.resource.groupKind, version: stored.resourceVersion, for: key)
        } catch {
            // One that is not found went meanwhile.
            guard error.isNotFound else { throw error }
        }
    }

    /// Of the object as the store has it.
    func generation(of key: ProgrammedKey) -> Int64? {
        switch key {
        case .mesh: stores.meshes.get(key.key)?.metadata.generation
        case .route: stores.routes.get(key.key)?.metadata.generation
        }
    }

    /// How far each object has come that the engine knows.
    func deliveries() -> [ProgrammedKey: ObjectDelivery] {
        engine.read { world in
            var result: [ProgrammedKey: ObjectDelivery] = [:]
            for (name, mesh) in world.programmed {
                let deliveries = mesh.deliveries(hub.delivery)
                result[.mesh(name)] = deliveries.mesh
                for (route, delivery) in deliveries.routes { result[.route(route)] = delivery }
            }
            return result
        }
    }

    /// How far the proxies of this replica have come, for the one that leads.
    func report() -> DeliveryReport {
        engine.read { world in
            var report = DeliveryReport()
            report.connected = Set(hub.connected.map(ConnectedProxies.digest))
            func put(_ key: ProgrammedKey, _ generation: Int64?, _ delivery: ObjectDelivery) {
                guard let generation, delivery.counts.total > 0 else { return }
                report.entries[key] = DeliveryReport.Entry(generation: generation, delivery: delivery)
            }
            for (name, mesh) in world.programmed {
                let deliveries = mesh.deliveries(hub.delivery)
                put(.mesh(name), world.meshes[name]?.metadata.generation, deliveries.mesh)
                for (route, delivery) in deliveries.routes {
                    put(.route(route), world.routes[route]?.metadata.generation, delivery)
                }
            }
            return report
        }
    }

    /// With what other replicas tell.
    private func total(_ key: ProgrammedKey, _ generation: Int64, _ delivery: ObjectDelivery?) -> ObjectDelivery {
        let own = delivery ?? ObjectDelivery()
        return reports?.total(key, generation: generation, own: own) ?? own
    }

    /// Whether the engine knows the object as the store has it.
    private func isWorkedIn(_ key: ProgrammedKey) -> Bool {
        let name = key.key.name
        let known = engine.read { world in
            switch key {
            case .mesh: world.meshes[name]?.metadata.generation
            case .route: world.routes[name]?.metadata.generation
            }
        }
        return generation(of: key) == known
    }

    /// The status that is stored and the one that should be; `nil` for an object that is gone.
    private func assess(_ key: ProgrammedKey) -> (known: ProgrammingStatus?, wanted: ProgrammingStatus)? {
        switch key {
        case .mesh: stores.meshes.get(key.key).map { ($0.status, assess($0)) }
        case .route: stores.routes.get(key.key).map { ($0.status, assess($0)) }
        }
    }

    private func assess(_ mesh: Mesh) -> ProgrammingStatus {
        let delivery = engine.read { $0.programmed[mesh.metadata.name]?.delivery(hub.delivery) }
        return ProgrammingAssessment(
            generation: mesh.metadata.generation,
            previous: mesh.status,
            problems: mesh.validate().filter { $0.severity == .error },
            obstacle: nil,
            inactiveFields: mesh.inactiveFields.map(\.description),
            delivery: total(.mesh(mesh.metadata.name), mesh.metadata.generation, delivery),
            unconnected: connections.findings(of: mesh.metadata.name),
            now: now()
        ).status
    }

    private func assess(_ route: TrafficRoute) -> ProgrammingStatus {
        let name = route.metadata.name
        let delivery = engine.read { $0.programmed[route.mesh]?.delivery(ofRoute: name, hub.delivery) }
        var obstacle: (reason: String, message: String)?
        if stores.meshes.isFilled, stores.meshes.get(ObjectKey(namespace: "", name: route.mesh)) == nil {
            obstacle = (
                "MeshNotFound", "There is no Mesh \"\(route.mesh)\". Create it, or name another in the field mesh."
            )
        }
        return ProgrammingAssessment(
            generation: route.metadata.generation,
            previous: route.status,
            problems: route.validate().filter { $0.severity == .error },
            obstacle: obstacle,
            delivery: total(.route(name), route.metadata.generation, delivery),
            now: now()
        ).status
    }
}

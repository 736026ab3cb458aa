import Dataplanes
import EnvoyAPI
import EnvoyConfig
import KubeModel
import TrafficPolicy

/// One mesh before and after.
struct MeshSight {
    let mesh: String
    private let before: Moment
    private let after: Moment

    /// All that there is of the mesh at one moment; nothing when there is no such mesh.
    private struct Moment {
        var programmed: ProgrammedMesh?
        var services: [String: MeshService]

        init(_ world: MeshWorld, _ mesh: String) {
            programmed = world.programmed[mesh]
            services = programmed == nil ? [:] : world.index.services(mesh: mesh)
        }

        func dataplane(_ key: ObjectKey) -> Dataplane? { programmed?.dataplanes[key] }

        func candidates(of key: ObjectKey) -> RouteCandidates? {
            dataplane(key).flatMap { programmed?.table.candidates(for: $0.sourceTags) }
        }

        /// `nil` when the proxy or the service is not there.
        func route(of key: ObjectKey, to service: String) -> ServiceRoute? {
            guard services[service] != nil, let view = programmed?.viewOf[key] else { return nil }
            return view.route(to: service)
        }

        func side(_ route: ServiceRoute?, to service: String) -> OutboundChange.Side? {
            guard let route, let service = services[service] else { return nil }
            return OutboundChange.Side(route, to: service, among: services)
        }
    }

    /// What one proxy is to have otherwise.
    struct ProxyDifference {
        var proxy: ObjectKey
        var caller: String
        var changes: [SnapshotDifference.Change]
        var after: ProxySnapshot?
    }

    init(mesh: String, before: MeshWorld, after: MeshWorld) {
        self.mesh = mesh
        self.before = Moment(before, mesh)
        self.after = Moment(after, mesh)
    }

    private var proxies: [ObjectKey] {
        let keys = [before, after].flatMap { $0.programmed.map { Array($0.dataplanes.keys) } ?? [] }
        return Set(keys).sorted()
    }

    private func caller(_ key: ObjectKey) -> String {
        (after.dataplane(key) ?? before.dataplane(key))?.callerName ?? key.description
    }

    /// Of the proxies that have a difference.
    var proxyDifferences: [ProxyDifference] {
        proxies.compactMap { key in
            let new = after.programmed?.snapshot(of: key)
            let difference = SnapshotDifference(from: before.programmed?.snapshot(of: key), to: new)
            guard !difference.changes.isEmpty else { return nil }
            return ProxyDifference(proxy: key, caller: caller(key), changes: difference.changes, after: new)
        }
    }

    /// Proxies for which the same TrafficRoutes decided before and decide after: looked at once.
    private struct Kind: Hashable {
        var before: RouteCandidates?
        var after: RouteCandidates?
    }

    private struct Turn: Hashable {
        var service: String
        var before: ServiceRoute?
        var after: ServiceRoute?
    }

    /// By service.
    var outbounds: [OutboundChange] {
        let kinds = Dictionary(grouping: proxies) {
            Kind(before: before.candidates(of: $0), after: after.candidates(of: $0))
        }
        let hasSameServices = before.services == after.services
        var turns: [Turn: Callers] = [:]
        for keys in kinds.values {
            for service in services(of: keys[0], hasSameServices) {
                let turn = Turn(
                    service: service,
                    before: before.route(of: keys[0], to: service),
                    after: after.route(of: keys[0], to: service)
                )
                guard turn.before != turn.after || before.services[service] != after.services[service] else { continue }
                for key in keys { turns[turn, default: Callers()].add(caller(key)) }
            }
        }
        return turns.map { turn, callers in
            OutboundChange(
                mesh: mesh,
                service: turn.service,
                addresses: addresses(of: turn.service),
                callers: callers.list,
                before: before.side(turn.before, to: turn.service),
                after: after.side(turn.after, to: turn.service)
            )
        }.sorted {
            ($0.service, $0.callers.first?.name ?? "", $0.after?.decidedBy ?? "")
                < ($1.service, $1.callers.first?.name ?? "", $1.after?.decidedBy ?? "")
        }
    }

    /// Those that may be different for a proxy.
    private func services(of key: ObjectKey, _ hasSameServices: Bool) -> Set<String> {
        guard hasSameServices else { return Set(before.services.keys).union(after.services.keys) }
        let views = [before, after].map { $0.programmed?.viewOf[key]?.decided ?? [:] }
        return Set(views[0].keys).union(views[1].keys)
    }

    private func addresses(of service: String) -> [String] {
        let addresses = (after.services[service] ?? before.services[service])?.addresses ?? []
        return addresses.map { $0.address.contains(":") ? "[\($0.address)]:\($0.port)" : "\($0.address):\($0.port)" }
    }
}

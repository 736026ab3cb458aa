import Dataplanes
import EnvoyAPI
import EnvoyConfig
import KubeModel
import SwiftletAPI
import TrafficPolicy

/// What some changes of Meshes and TrafficRoutes would do to the proxies of a cluster.
///
/// A value that compares two worlds: the present one, and the same after the operator has worked the changes in.
struct MeshForesight: Sendable {
    let before: MeshWorld
    let after: MeshWorld
    /// In order of meshes and services.
    private(set) var outbounds: [OutboundChange] = []
    /// In order of meshes, types and names.
    private(set) var resources: [ResourceChange] = []
    /// How many proxies have anything else than before.
    private(set) var affectedProxies = 0
    /// A few proxies that together have all that is new.
    private(set) var representatives: [Representative] = []
    /// How many more would be needed for that.
    private(set) var omittedRepresentatives = 0

    /// A proxy that stands for all that have the same.
    struct Representative: Sendable {
        var proxy: ObjectKey
        var mesh: String
        var snapshot: ProxySnapshot
    }

    /// Beyond this, asking an Envoy about each takes too long.
    static let mostRepresentatives = 16

    /// - Throws: as ``MeshWorld/step()``.
    init(_ before: MeshWorld, changes: [MeshInput]) throws(EnvoyConfigError) {
        self.before = before
        var after = before
        for change in changes { after.put(change) }
        _ = try after.step()
        self.after = after
        for mesh in Set(before.programmed.keys).union(after.programmed.keys).sorted() {
            let sight = MeshSight(mesh: mesh, before: before, after: after)
            outbounds += sight.outbounds
            add(sight.proxyDifferences, of: sight)
        }
    }

    private mutating func add(_ differences: [MeshSight.ProxyDifference], of sight: MeshSight) {
        struct Key: Hashable { var id: ResourceID, before: String?, after: String? }
        var changes: [Key: (change: SnapshotDifference.Change, callers: Callers, proxies: [ObjectKey])] = [:]
        for difference in differences {
            var hasNews = false
            for change in difference.changes {
                let key = Key(id: change.id, before: change.before?.version, after: change.after?.version)
                if changes[key] == nil, change.after != nil { hasNews = true }
                changes[key, default: (change, Callers(), [])].callers.add(difference.caller)
                changes[key]?.proxies.append(difference.proxy)
            }
            affectedProxies += 1
            guard hasNews, let snapshot = difference.after else { continue }
            if representatives.count < Self.mostRepresentatives {
                representatives.append(Representative(proxy: difference.proxy, mesh: sight.mesh, snapshot: snapshot))
            } else {
                omittedRepresentatives += 1
            }
        }
        resources += changes.values.map { change, callers, proxies in
            ResourceChange(
                mesh: sight.mesh,
                id: change.id,
                before: change.before,
                after: change.after,
                callers: callers.list,
                proxies: proxies
            )
        }.sorted {
            ($0.id, $0.after?.version ?? "", $0.before?.version ?? "") < (
                $1.id, $1.after?.version ?? "", $1.before?.version ?? ""
            )
        }
    }

    /// What is hardly meant in the TrafficRoutes that are changed, and what in others became so by that.
    ///
    /// - Parameter changed: names of TrafficRoutes.
    func lints(of changed: Set<String>) -> [RouteLint] {
        let known = Set(before.lints)
        return after.lints.filter { changed.contains($0.route) || !known.contains($0) }
    }
}

extension MeshWorld {
    /// What is hardly meant in any TrafficRoute.
    var lints: [RouteLint] { linter.lint(Array(routes.values)) }

    /// Knows what is in the meshes.
    var linter: RouteLinter {
        RouteLinter(
            meshes: Set(meshes.keys),
            services: index.meshesWithServices.flatMap { Array(index.services(mesh: $0).values) },
            dataplanes: index.dataplanes()
        )
    }
}

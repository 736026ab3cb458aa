import Dataplanes
import JSON
import KubeModel
import SwiftletAPI

/// Finds what is hardly meant in TrafficRoutes, given the meshes, services and proxies that exist.
package struct RouteLinter: Sendable {
    private let meshes: [String: MeshContents]
    private let names: Set<String>

    /// - Parameter meshes: names of all that exist.
    package init(meshes: Set<String>, services: [MeshService], dataplanes: [Dataplane]) {
        names = meshes
        var contents: [String: MeshContents] = [:]
        for service in services { contents[service.mesh, default: MeshContents()].services[service.name] = service }
        for dataplane in dataplanes { contents[dataplane.mesh, default: MeshContents()].dataplanes.append(dataplane) }
        self.meshes = contents
    }

    /// All findings, by the TrafficRoutes' names and in document order. TrafficRoutes that shadow each other must be given together.
    package func lint(_ routes: [TrafficRoute]) -> [RouteLint] {
        Dictionary(grouping: routes, by: \.mesh).flatMap { mesh, routes in
            let contents = meshes[mesh] ?? MeshContents()
            let table = RouteTable(mesh: mesh, routes: routes)
            let reach = RouteReach(table: table, contents: contents)
            return table.excluded.flatMap(Self.invalid)
                + (names.contains(mesh) ? [] : routes.map { Self.unknownMesh(of: $0, known: names) })
                + table.entries.indices.flatMap { index in
                    RouteInspection(entry: table.entries[index], contents: contents).lints
                        + (reach.shadow(of: index).map { [$0] } ?? [])
                }
        }.sorted { ($0.route, $0.finding.path, $0.finding.message) < ($1.route, $1.finding.path, $1.finding.message) }
    }

    private static func invalid(_ excluded: RouteTable.Excluded) -> [RouteLint] {
        excluded.errors.filter { $0.severity == .error }.map {
            RouteLint(route: excluded.name, kind: .invalid, finding: $0)
        }
    }

    private static func unknownMesh(of route: TrafficRoute, known: Set<String>) -> RouteLint {
        let advice = known.isEmpty ? "create it" : "there are \(listing(known.sorted()))"
        return RouteLint(
            route: route.metadata.name,
            kind: .unknownMesh,
            finding: .warning(["mesh"], "there is no Mesh \"\(route.mesh)\": \(advice)")
        )
    }
}

/// What is in a mesh.
struct MeshContents: Sendable {
    var services: [String: MeshService] = [:]
    var dataplanes: [Dataplane] = []
}

/// `a, b, c and 4 more`.
func listing(_ names: [String], limit: Int = 3) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
}

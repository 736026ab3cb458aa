import KubeModel
import KubeRuntime
import SwiftletAPI
import TrafficPolicy

/// What is hardly meant by a TrafficRoute, given what is in the meshes at present.
struct MeshLints: Sendable {
    let stores: MeshStores
    let engine: MeshEngine

    /// - Throws: ``ValidationHandler/NotReady``.
    func lints(of route: TrafficRoute) throws -> [RouteLint] {
        for (isFilled, resource) in [
            (stores.meshes.isFilled, Mesh.resource), (stores.routes.isFilled, TrafficRoute.resource),
            (stores.pods.isFilled, .pods), (stores.services.isFilled, .services),
            (stores.namespaces.isFilled, .namespaces),
        ] where !isFilled {
            throw ValidationHandler.NotReady(resource: resource)
        }
        // Values are taken out of the engine, which does not wait for what is made of them.
        let (linter, routes) = engine.read { ($0.linter, $0.routes) }
        return Self.lints(of: route, beside: routes.values, linter)
    }

    /// - Parameter others: all TrafficRoutes that are stored, an older version of this one perhaps among them.
    static func lints(
        of route: TrafficRoute,
        beside others: some Sequence<TrafficRoute>,
        _ linter: RouteLinter
    ) -> [RouteLint] {
        let name = route.metadata.name
        let others = others.filter { $0.mesh == route.mesh && $0.metadata.name != name }
        return linter.lint(others + [route]).filter { $0.route == name }
    }
}

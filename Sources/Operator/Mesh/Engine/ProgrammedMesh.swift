import Dataplanes
import EnvoyAPI
import EnvoyConfig
import KubeModel
import SwiftletAPI
import TrafficPolicy
import XDS

/// One mesh with its routes and the configuration that follows from them.
struct ProgrammedMesh: Sendable {
    /// What is other than at the last step.
    struct Change: Sendable {
        /// `nil` for services that are gone.
        var services: [String: MeshService?] = [:]
        /// Whether services came or went.
        var hasOtherServices = false
        /// `nil` for dataplanes that are gone.
        var dataplanes: [ObjectKey: Dataplane?] = [:]
        /// TrafficRoutes that came, changed or went.
        var routes: Set<String> = []
        var hasOtherSettings = false
    }

    private let name: String
    private var compiler: MeshCompiler
    private(set) var table: RouteTable
    private var views: RouteViews
    private(set) var dataplanes: [ObjectKey: Dataplane] = [:]
    private(set) var viewOf: [ObjectKey: RouteView] = [:]
    /// The TrafficRoutes that decide about some traffic of a dataplane.
    private var decidersOf: [ObjectKey: Set<String>] = [:]
    /// The same by the number of a view.
    private var decidersOfView: [Int: Set<String>] = [:]
    /// Since which generation a TrafficRoute has been as it is now.
    private var routeGenerations: [String: UInt64] = [:]
    /// Since which generation the Mesh has been as it is now.
    private var settingsGeneration: UInt64

    /// - Parameter generation: of a mesh of this name that came before.
    init(mesh: Mesh, routes: some Sequence<TrafficRoute>, after generation: UInt64) {
        name = mesh.metadata.name
        compiler = MeshCompiler(settings: MeshSettings(mesh), generation: generation)
        table = RouteTable(mesh: name, routes: Array(routes))
        views = RouteViews(table: table, services: [])
        settingsGeneration = generation
    }

    var generation: UInt64 { compiler.generation }
    var proxies: [ProxyID] { dataplanes.keys.map { ProxyID(mesh: name, $0) } }
    func has(_ dataplane: ObjectKey) -> Bool { dataplanes[dataplane] != nil }
    func snapshot(of dataplane: ObjectKey) -> ProxySnapshot? { compiler.snapshot(of: dataplane) }

    mutating func step(
        mesh: Mesh,
        _ change: Change,
        routes: some Sequence<TrafficRoute>,
        services: [String: MeshService]
    ) throws(EnvoyConfigError) -> MeshUpdate {
        for (key, dataplane) in change.dataplanes {
            dataplanes[key] = dataplane
            if dataplane == nil {
                viewOf[key] = nil
                decidersOf[key] = nil
            }
        }
        if !change.routes.isEmpty { table = RouteTable(mesh: name, routes: Array(routes)) }
        let concernsAll = !change.routes.isEmpty || change.hasOtherServices
        if concernsAll {
            views = RouteViews(table: table, services: Set(services.keys))
            decidersOfView = [:]
        }

        var step = MeshChange(services: change.services, dataplanes: change.dataplanes)
        if change.hasOtherSettings { step.settings = MeshSettings(mesh) }
        step.views = newViews(
            of: concernsAll ? Array(dataplanes.keys) : change.dataplanes.compactMap { $1 == nil ? nil : $0 }
        )
        let update = try compiler.apply(step)
        for route in change.routes { routeGenerations[route] = table.mesh == name ? compiler.generation : nil }
        if change.hasOtherSettings { settingsGeneration = compiler.generation }
        return update
    }

    /// The views that are others than before.
    private mutating func newViews(of keys: [ObjectKey]) -> [ObjectKey: RouteView] {
        var changed: [ObjectKey: RouteView] = [:]
        for key in keys {
            guard let dataplane = dataplanes[key] else { continue }
            let number = views.number(for: dataplane.sourceTags)
            let view = views[number]
            guard viewOf[key] != view else { continue }
            viewOf[key] = view
            decidersOf[key] = deciders(of: view, number: number)
            changed[key] = view
        }
        return changed
    }

    private mutating func deciders(of view: RouteView, number: Int) -> Set<String> {
        if let known = decidersOfView[number] { return known }
        let deciders = Set(view.decided.values.compactMap(\.origin))
        decidersOfView[number] = deciders
        return deciders
    }

    // MARK: - Delivery

    /// How far a TrafficRoute has come with the connected proxies whose traffic it decides about.
    ///
    /// - Parameter delivery: of a proxy.
    func delivery(ofRoute route: String, _ delivery: (ProxyID) -> ProxyDelivery?) -> ObjectDelivery {
        var tally = DeliveryTally(since: routeGenerations[route] ?? 0, kind: TrafficRoute.resource.kind, name: route)
        for (key, deciders) in decidersOf where deciders.contains(route) {
            tally.count(delivery(ProxyID(mesh: name, key)))
        }
        return tally.result
    }

    /// How far the Mesh itself has come with all its connected proxies.
    func delivery(_ delivery: (ProxyID) -> ProxyDelivery?) -> ObjectDelivery {
        var tally = DeliveryTally(since: settingsGeneration, kind: Mesh.resource.kind, name: name)
        for key in dataplanes.keys { tally.count(delivery(ProxyID(mesh: name, key))) }
        return tally.result
    }
}

extension MeshSettings {
    init(_ mesh: Mesh) {
        self.init(mesh: mesh.metadata.name, passthrough: mesh.allowsPassthrough)
    }
}

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

        /// Makes it one from nothing to all that there is.
        mutating func begin(with dataplanes: [Dataplane], _ services: [String: MeshService]) {
            self.services = services.mapValues { .some($0) }
            self.dataplanes = Dictionary(dataplanes.map { ($0.key, .some($0)) }) { first, _ in first }
            hasOtherServices = true
        }
    }

    /// Goes one step of a compiler, which is not to be used any more when this throws.
    typealias Compile = @Sendable (inout MeshCompiler, MeshChange) throws(EnvoyConfigError) -> MeshUpdate

    static let compile: Compile = { (compiler, change) throws(EnvoyConfigError) in try compiler.apply(change) }

    private let name: String
    private var compiler: MeshCompiler
    private(set) var table: RouteTable
    private var views: RouteViews
    private(set) var dataplanes: [ObjectKey: Dataplane] = [:]
    private(set) var viewOf: [ObjectKey: RouteView] = [:]
    /// The numbers of the views.
    private var numberOf: [ObjectKey: Int] = [:]
    /// The TrafficRoutes that decide about some traffic of those who have a view, by its number.
    private var deciders: [Int: Set<String>] = [:]
    /// Since which generation a TrafficRoute has been as it is now, if it has not from the beginning.
    private var routeGenerations: [String: UInt64] = [:]
    /// Since which generation the Mesh has been as it is now.
    private var settingsGeneration: UInt64
    /// The first that can be published. Those before it are of an earlier mesh of this name.
    private let firstGeneration: UInt64
    private let compile: Compile

    /// - Parameter generation: of a mesh of this name that came before.
    init(mesh: Mesh, routes: some Sequence<TrafficRoute>, after generation: UInt64, compile: @escaping Compile) {
        self.compile = compile
        name = mesh.metadata.name
        compiler = MeshCompiler(settings: MeshSettings(mesh), generation: generation)
        table = RouteTable(mesh: name, routes: Array(routes))
        views = RouteViews(table: table, services: [])
        firstGeneration = generation + 1
        settingsGeneration = firstGeneration
    }

    var generation: UInt64 { compiler.generation }
    var proxies: [ProxyID] { dataplanes.keys.map { ProxyID(mesh: name, $0) } }
    func has(_ dataplane: ObjectKey) -> Bool { dataplanes[dataplane] != nil }
    func snapshot(of dataplane: ObjectKey) -> ProxySnapshot? { compiler.snapshot(of: dataplane) }

    /// - Throws: when a resource cannot be encoded. Which dataplanes it has is right also then.
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
                numberOf[key] = nil
            }
        }
        if !change.routes.isEmpty { table = RouteTable(mesh: name, routes: Array(routes)) }
        let concernsAll = !change.routes.isEmpty || change.hasOtherServices
        if concernsAll {
            views = RouteViews(table: table, services: Set(services.keys))
            deciders = [:]
        }

        var step = MeshChange(services: change.services, dataplanes: change.dataplanes)
        // An edit that makes the Mesh invalid leaves proxies as they were.
        let hasNewSettings = change.hasOtherSettings && !mesh.validate().hasErrors
        if hasNewSettings { step.settings = MeshSettings(mesh) }
        step.views = newViews(
            of: concernsAll ? Array(dataplanes.keys) : change.dataplanes.compactMap { $1 == nil ? nil : $0 }
        )
        let update = try compile(&compiler, step)
        let present = max(compiler.generation, firstGeneration)
        if !change.routes.isEmpty {
            let known = Set(table.routes.map(\.metadata.name))
            for route in change.routes { routeGenerations[route] = known.contains(route) ? present : nil }
        }
        if hasNewSettings { settingsGeneration = present }
        return update
    }

    /// The views that are others than before.
    private mutating func newViews(of keys: [ObjectKey]) -> [ObjectKey: RouteView] {
        var changed: [ObjectKey: RouteView] = [:]
        for key in keys {
            guard let dataplane = dataplanes[key] else { continue }
            let number = views.number(for: dataplane.sourceTags)
            let view = views[number]
            numberOf[key] = number
            if deciders[number] == nil { deciders[number] = Set(view.decided.values.compactMap(\.origin)) }
            guard viewOf[key] != view else { continue }
            viewOf[key] = view
            changed[key] = view
        }
        return changed
    }

    // MARK: - Delivery

    /// How far a TrafficRoute has come with the connected proxies whose traffic it decides about.
    ///
    /// - Parameter delivery: of a proxy.
    func delivery(ofRoute route: String, _ delivery: (ProxyID) -> ProxyDelivery?) -> ObjectDelivery {
        var tally = tally(ofRoute: route)
        let numbers = Set(deciders.lazy.filter { $0.value.contains(route) }.map(\.key))
        for (key, number) in numberOf where numbers.contains(number) {
            if let delivery = delivery(ProxyID(mesh: name, key)) { tally.count(delivery) }
        }
        return tally.result
    }

    /// How far the Mesh itself has come with all its connected proxies.
    func delivery(_ delivery: (ProxyID) -> ProxyDelivery?) -> ObjectDelivery {
        var tally = tallyOfMesh
        for key in dataplanes.keys {
            if let delivery = delivery(ProxyID(mesh: name, key)) { tally.count(delivery) }
        }
        return tally.result
    }

    /// Both, for the Mesh and all its TrafficRoutes, each proxy asked for once.
    ///
    /// Cost: the proxies, and for each view that proxies have the TrafficRoutes that decide in it.
    func deliveries(
        _ delivery: (ProxyID) -> ProxyDelivery?
    ) -> (mesh: ObjectDelivery, routes: [String: ObjectDelivery]) {
        var groups: [Int: DeliveryGroup] = [:]
        for (key, number) in numberOf {
            if let delivery = delivery(ProxyID(mesh: name, key)) { groups[number, default: .init()].add(delivery) }
        }
        var mesh = tallyOfMesh
        var routes: [String: DeliveryTally] = [:]
        for route in table.routes { routes[route.metadata.name] = tally(ofRoute: route.metadata.name) }
        for (number, group) in groups {
            mesh.count(group)
            for route in deciders[number] ?? [] { routes[route]?.count(group) }
        }
        return (mesh.result, routes.mapValues(\.result))
    }

    private func tally(ofRoute route: String) -> DeliveryTally {
        DeliveryTally(
            since: routeGenerations[route] ?? firstGeneration,
            kind: TrafficRoute.resource.kind,
            name: route
        )
    }

    private var tallyOfMesh: DeliveryTally {
        DeliveryTally(since: settingsGeneration, kind: Mesh.resource.kind, name: name)
    }
}

extension MeshSettings {
    init(_ mesh: Mesh) {
        self.init(mesh: mesh.metadata.name, passthrough: mesh.allowsPassthrough)
    }
}

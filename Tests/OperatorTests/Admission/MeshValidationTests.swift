import Dataplanes
import JSON
import KubeAdmission
import KubeModel
import KubeRuntime
import SwiftletAPI
import Testing
import TrafficPolicy
import XDS

@testable import Operator

/// The validator's word on Meshes and TrafficRoutes.
struct MeshValidationTests {
    private static func lints() -> (MeshLints, MeshStores) {
        let stores = MeshStores()
        let engine = MeshEngine(
            options: DataplaneOptions(),
            hub: ProxyHub(),
            metrics: PrometheusRegistry(),
            logger: TestCluster.silent
        )
        return (MeshLints(stores: stores, engine: engine), stores)
    }

    private static func answer(_ resource: APIResource, _ object: JSONValue, old: JSONValue? = nil) throws
        -> AdmissionResponse
    {
        let (lints, stores) = lints()
        try AdmissionSample.fill(stores.meshes, [])
        try AdmissionSample.fill(stores.routes, [])
        try AdmissionSample.fill(stores.pods, [])
        try AdmissionSample.fill(stores.services, [])
        try AdmissionSample.fill(stores.namespaces, [])
        let request = AdmissionSample.request(resource, object, old: old)
        return try ValidationHandler(mesh: lints).respond(to: request)
    }

    @Test func aMeshIsHeldToItsRules() throws {
        let response = try Self.answer(Mesh.resource, AdmissionSample.mesh("a.b"))
        #expect(response.denial?.causes.map(\.field) == ["metadata.name"])
        #expect(response.denial?.subject == .init(group: "kuma.io", kind: "Mesh", name: "a.b"))
    }

    @Test func whatAMeshAsksForInVainIsAWarning() throws {
        let spec: JSONValue = ["mtls": ["enabledBackend": "ca", "backends": [["name": "ca", "type": "builtin"]]]]
        let response = try Self.answer(Mesh.resource, AdmissionSample.mesh("default", spec))
        #expect(response == .allowed(warnings: ["spec.mtls: is accepted, but has no effect yet"]))
    }

    @Test func aTrafficRouteIsHeldToItsRulesWithAllFieldsAtOnce() throws {
        let wrong = AdmissionSample.route(weights: [0, 0], sources: [["match": ["version": "v1"]]])
        let response = try Self.answer(TrafficRoute.resource, wrong)
        #expect(response.denial?.causes.map(\.field) == ["spec.conf.split", "spec.sources[0].match"])
    }

    @Test func aTrafficRouteOfAMissingMeshIsAWarning() throws {
        let response = try Self.answer(TrafficRoute.resource, AdmissionSample.route(mesh: "lab"))
        #expect(response.isAllowed)
        #expect(response.warnings.first == "mesh: there is no Mesh \"lab\": create it")
    }

    @Test func anEditOfTheMeshThatATrafficRouteNamesIsAnEdit() throws {
        let old = AdmissionSample.route(weights: [0, 0])
        var moved = old
        moved["mesh"] = "a.b"
        let response = try Self.answer(TrafficRoute.resource, moved, old: old)
        #expect(response.denial?.causes.map(\.field) == ["mesh", "spec.conf.split"])
    }

    @Test func whileTheMeshesAreNotKnownTheFailurePolicyDecides() throws {
        let handler = ValidationHandler(mesh: Self.lints().0)
        let right = AdmissionSample.request(TrafficRoute.resource, AdmissionSample.route())
        #expect(throws: ValidationHandler.NotReady.self) { try handler.respond(to: right) }
        let wrong = AdmissionSample.request(TrafficRoute.resource, AdmissionSample.route(weights: [0]))
        #expect(try !handler.respond(to: wrong).isAllowed)
    }

    /// The dry run's own lints, with the route beside those that are stored.
    @Test func whatNobodyServesAndWhatAnotherDecidesIsAWarning() throws {
        var world = MeshWorld()
        world.put(.mesh(MeshSample.mesh()))
        world.put(.namespace(try MeshSample.namespace()))
        world.put(.service(try MeshSample.service("web")))
        world.put(.pod(try MeshSample.pod("web-1", version: "v0")))
        let stored = try TrafficRoute(AdmissionSample.route("a", weights: [1]))
        world.put(.route(stored))
        _ = try world.step()
        func kinds(_ object: JSONValue) throws -> [RouteLint.Kind] {
            MeshLints.lints(of: try TrafficRoute(object), beside: world.routes.values, world.linter).map(\.kind)
        }
        #expect(try kinds(AdmissionSample.route("a", weights: [1])) == [])
        #expect(try kinds(AdmissionSample.route("a", weights: [90, 10])) == [.shareWithoutEndpoints])
        #expect(try kinds(AdmissionSample.route("a", weights: [95, 10])).contains(.weightsNearHundred))
        let nobody: JSONValue = [["match": ["kuma.io/service": "nobody_shop_svc_80"]]]
        #expect(try kinds(AdmissionSample.route("a", weights: [1], sources: nobody)) == [.sourceMatchesNothing])
    }
}

import Dataplanes
import JSON
import KubeModel
import SwiftletAPI
import Testing
import TrafficPolicy

@testable import Operator

/// What somebody with rights in one namespace cannot do to others. SECURITY.md names these tests.
struct TenancyTests {
    private static let service = "web_shop_svc_80"

    /// A shop, and somebody beside it who is up to no good.
    private static func world(_ change: (inout MeshWorld) throws -> Void) throws -> MeshWorld {
        var world = MeshWorld()
        world.put(.mesh(MeshSample.mesh()))
        world.put(.namespace(try MeshSample.namespace()))
        world.put(.namespace(try MeshSample.namespace("evil")))
        world.put(.service(try MeshSample.service("web")))
        world.put(.pod(try MeshSample.pod("web-1", address: "10.1.0.1")))
        try change(&world)
        _ = try world.step()
        return world
    }

    private static func endpoints(_ world: MeshWorld, of service: String = service) -> [String] {
        let found = world.index.services(mesh: "default")[service]
        return found?.endpoints(with: Tags([TagName.service: service])).map(\.address).sorted() ?? []
    }

    private static func pod(labels: [String: String]) throws -> Pod {
        try MeshSample.read([
            "metadata": [
                "name": "thief", "namespace": "evil", "uid": "uid-of-thief", "resourceVersion": "1",
                "labels": .strings(labels.merging(["app": "web"]) { $1 }),
                "annotations": [.init(MeshMarks.injected): "true"],
            ],
            "spec": ["containers": [["name": "app", "ports": [["containerPort": 8080]]]]],
            "status": [
                "phase": "Running", "podIP": "10.66.0.1", "containerStatuses": [["name": "app", "ready": true]],
            ],
        ])
    }

    @Test func labelsOfAPodDoNotMakeItAnothersService() throws {
        let world = try Self.world { world in
            world.put(
                .pod(
                    try Self.pod(labels: [
                        "kuma.io/service": Self.service, "k8s.kuma.io/namespace": "shop",
                        "k8s.kuma.io/service-name": "web",
                    ])
                )
            )
        }
        #expect(Self.endpoints(world) == ["10.1.0.1"])
    }

    @Test func aServiceSelectsPodsOfItsOwnNamespaceOnly() throws {
        let world = try Self.world { world in
            world.put(.service(try MeshSample.service("web", namespace: "evil", address: "10.0.0.66")))
        }
        #expect(Self.endpoints(world) == ["10.1.0.1"])
        #expect(Self.endpoints(world, of: "web_evil_svc_80").isEmpty)
    }

    @Test func aSliceCannotTakeAPodOfAnotherNamespace() throws {
        let world = try Self.world { world in
            let service: KubeService = try MeshSample.read([
                "metadata": ["name": "trap", "namespace": "evil"],
                "spec": [
                    "type": "ClusterIP", "clusterIPs": ["10.0.0.66"], "ports": [["port": 80, "targetPort": 8080]],
                ],
            ])
            world.put(.service(service))
            let slice: EndpointSlice = try MeshSample.read([
                "metadata": [
                    "name": "trap-1", "namespace": "evil", "labels": ["kubernetes.io/service-name": "trap"],
                ],
                "endpoints": [
                    [
                        "addresses": ["10.1.0.1"],
                        "targetRef": [
                            "kind": "Pod", "name": "web-1", "namespace": "shop", "uid": "uid-of-web-1",
                        ],
                    ]
                ],
            ])
            world.put(.slice(slice))
        }
        #expect(Self.endpoints(world, of: "trap_evil_svc_80").isEmpty)
        #expect(Self.endpoints(world) == ["10.1.0.1"])
    }

    @Test(
        arguments: [
            ["hostNetwork": true], ["hostPID": true], ["volumes": [["name": "root", "hostPath": ["path": "/"]]]],
            ["initContainers": [["name": "a", "image": "b"]]], ["nodeName": "node-1"], ["priorityClassName": "high"],
        ] as [JSONValue]
    )
    func aWebServerCannotAskForWhatIsTheNodes(_ more: JSONValue) throws {
        var manifest = AdmissionSample.webServer()
        for (key, value) in more.objectValue ?? [:] { manifest[path: "spec", .init(key)] = value }
        let fields = try WebServer.check(manifest).errors.filter { $0.severity == .error }.map { "\($0.path)" }
        #expect(fields == (more.objectValue ?? [:]).keys.map { "spec.\($0)" })
    }

    @Test(
        arguments: [
            "nginx.ingress.kubernetes.io/configuration-snippet", "nginx.ingress.kubernetes.io/server-snippet",
            "nginx.ingress.kubernetes.io/auth-snippet", "nginx.org/location-snippets",
            "nginx.ingress.kubernetes.io/server-alias", "NGINX.ingress.kubernetes.io/Server-Snippet",
        ]
    )
    func annotationsThatReachBeyondTheOwnHostAreRefused(_ annotation: String) throws {
        let ingress: JSONValue = ["host": "phys.app", "annotations": .strings([annotation: "x"])]
        let errors = try WebServer.check(AdmissionSample.webServer(["ingress": ingress])).errors
        #expect(errors.contains { $0.severity == .error && "\($0.path)".hasPrefix("spec.ingress.annotations") })
    }

    @Test func annotationsOfTheOwnHostAreNot() throws {
        let annotations = ["nginx.ingress.kubernetes.io/proxy-body-size": "8m", "cert-manager.io/cluster-issuer": "le"]
        let ingress: JSONValue = ["host": "phys.app", "annotations": .strings(annotations)]
        #expect(try WebServer.check(AdmissionSample.webServer(["ingress": ingress])).errors.isEmpty)
    }
}

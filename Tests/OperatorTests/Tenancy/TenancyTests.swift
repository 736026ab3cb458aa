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

    /// Configuration of the controller, further hosts, precedence over others, requests by the controller, objects of others, and whatever is
    /// not known.
    @Test(
        arguments: [
            "nginx.ingress.kubernetes.io/configuration-snippet", "nginx.ingress.kubernetes.io/server-snippet",
            "nginx.ingress.kubernetes.io/auth-snippet", "nginx.ingress.kubernetes.io/modsecurity-snippet",
            "nginx.org/location-snippets", "haproxy.org/backend-config-snippet",
            "nginx.ingress.kubernetes.io/server-alias",
            "nginx.ingress.kubernetes.io/from-to-www-redirect", "external-dns.alpha.kubernetes.io/hostname",
            "nginx.org/mergeable-ingress-type", "nginx.ingress.kubernetes.io/canary",
            "nginx.ingress.kubernetes.io/ssl-passthrough", "nginx.ingress.kubernetes.io/auth-url",
            "nginx.ingress.kubernetes.io/mirror-target", "nginx.ingress.kubernetes.io/custom-headers",
            "nginx.ingress.kubernetes.io/auth-tls-match-cn", "traefik.ingress.kubernetes.io/router.priority",
            "traefik.ingress.kubernetes.io/router.middlewares",
            "traefik.ingress.kubernetes.io/router.tls.domains.0.main",
            "alb.ingress.kubernetes.io/group.name", "alb.ingress.kubernetes.io/actions.forward",
            "projectcontour.io/tls-cert-namespace", "konghq.com/override", "konghq.com/host-aliases",
            "cert-manager.io/common-name", "NGINX.ingress.kubernetes.io/Server-Snippet",
            "own-prefix.example.com/server-snippet", "unheard-of",
        ]
    )
    func annotationsThatReachBeyondTheOwnHostAreRefused(_ annotation: String) throws {
        #expect(Set(try Self.errors([annotation: "x"]).map(\.path)) == [Self.path(annotation)])
    }

    @Test func annotationsOfTheOwnHostAreNot() throws {
        let annotations = [
            "nginx.ingress.kubernetes.io/proxy-body-size": "8m", "cert-manager.io/cluster-issuer": "le",
            "nginx.ingress.kubernetes.io/rewrite-target": "/$2", "kubernetes.io/ingress.class": "nginx",
            "traefik.ingress.kubernetes.io/router.entrypoints": "websecure", "haproxy.org/timeout-server": "1m",
            "alb.ingress.kubernetes.io/scheme": "internet-facing", "konghq.com/strip-path": "true",
        ]
        #expect(try Self.errors(annotations).isEmpty)
    }

    @Test func administratorsAllowFurtherAnnotations() throws {
        let allowed = try IngressAnnotations(more: ["example.com/*", "nginx.ingress.kubernetes.io/auth-url"])
        func errors(_ name: String) throws -> [FieldError] { try Self.errors([name: "x"], allowed: allowed) }
        #expect(try errors("example.com/team").isEmpty)
        #expect(try errors("nginx.ingress.kubernetes.io/auth-url").isEmpty)
        #expect(try errors("nginx.ingress.kubernetes.io/auth-url-x").count == 1)
        #expect(try errors("example.org/team").count == 1)
        for pattern in ["", "*", "a b", "example.com/", "/x", "a/b/c"] {
            #expect(throws: IngressAnnotations.InvalidPattern.self) { try IngressAnnotations(more: [pattern]) }
        }
    }

    @Test(
        arguments: [
            ("nginx.ingress.kubernetes.io/auth-secret", "other/users", false),
            ("nginx.ingress.kubernetes.io/auth-secret", "users", true),
            ("nginx.ingress.kubernetes.io/auth-secret", "shop/users", true),
            ("nginx.ingress.kubernetes.io/auth-tls-secret", "kube-system/ca", false),
            ("nginx.ingress.kubernetes.io/proxy-ssl-secret", "other/tls", false),
            ("nginx.ingress.kubernetes.io/proxy-ssl-secret", "/tls", false),
            ("haproxy.org/server-ca", "other/ca", false), ("ingress.kubernetes.io/auth-secret", "other/users", false),
        ]
    )
    func annotationsNameNoSecretOfAnotherNamespace(_ name: String, _ value: String, _ isAllowed: Bool) throws {
        #expect(try Self.errors([name: value]).isEmpty == isAllowed)
        // What administrators allow is the annotation, not the Secrets of others.
        let allowed = try IngressAnnotations(more: [name])
        #expect(try Self.errors([name: value], allowed: allowed).isEmpty == isAllowed)
    }

    @Test(
        arguments: [
            ("nginx.ingress.kubernetes.io/proxy-body-size", "8m; } location / { return 200; }"),
            ("nginx.ingress.kubernetes.io/auth-realm", "a\nb"), ("haproxy.org/timeout-server", "1m\nhttp-request deny"),
            ("nginx.org/proxy-read-timeout", "1s;"),
        ]
    )
    func valuesOfAnnotationsCarryNoConfiguration(_ name: String, _ value: String) throws {
        #expect(try Self.errors([name: value]).map(\.path) == [Self.path(name)])
    }

    /// The API server refuses to create such an Ingress and lets an update pass, and controllers differ about which one counts.
    @Test(arguments: ["nginx", "other"])
    func aClassIsNamedByFieldOrByAnnotation(_ annotation: String) throws {
        let ingress: JSONValue = [
            "host": "phys.app", "ingressClass": "nginx",
            "annotations": ["kubernetes.io/ingress.class": .string(annotation)],
        ]
        let errors = try WebServer.check(AdmissionSample.webServer(["ingress": ingress])).errors
        #expect(errors.map(\.path) == [Self.path("kubernetes.io/ingress.class")])
        #expect(errors.first?.message.hasPrefix("cannot be set together with ingressClass") == true)
    }

    private static func path(_ annotation: String) -> FieldPath {
        ["spec", "ingress", "annotations", .key(annotation)]
    }

    private static func errors(
        _ annotations: [String: String],
        allowed: IngressAnnotations = .standard
    ) throws -> [FieldError] {
        let ingress: JSONValue = ["host": "phys.app", "annotations": .strings(annotations)]
        return try WebServer.check(AdmissionSample.webServer(["ingress": ingress]), allowed: allowed).errors
    }
}

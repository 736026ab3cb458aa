import JSON
import KubeAdmission
import KubeModel
import SwiftletAPI
import Testing
import WebServers

@testable import Operator

/// What is refused, what is warned of, and what is none of the validator's business.
struct ValidationHandlerTests {
    private static func answer(
        _ object: JSONValue?,
        old: JSONValue? = nil,
        among others: [JSONValue] = [],
        claims: [JSONValue] = [],
        deployments: [JSONValue] = [],
        classes: [JSONValue] = [],
        operation: AdmissionOperation? = nil,
        subresource: String? = nil,
        namespaces: [String] = []
    ) throws -> AdmissionResponse {
        let stores = try AdmissionSample.stores(others, claims: claims, deployments: deployments, classes: classes)
        return try ValidationHandler(webServers: stores, namespaces: namespaces).respond(
            to: AdmissionSample.request(
                WebServer.resource,
                object,
                old: old,
                operation: operation,
                subresource: subresource
            )
        )
    }

    private static func claim(
        _ name: String = "data",
        modes: [String] = ["ReadWriteOnce"],
        storageClass: String? = "ssd"
    )
        -> JSONValue
    {
        [
            "metadata": ["name": .string(name), "namespace": "shop", "uid": "c", "resourceVersion": "1"],
            "spec": .compact([
                "accessModes": .strings(modes), "storageClassName": storageClass.map(JSONValue.string),
            ]),
            "status": ["phase": "Bound"],
        ]
    }

    private static let badHostAndImage: JSONValue = [
        "webServerImage": "no image", "ingress": ["host": "http://phys.app"],
    ]

    @Test func everythingThatIsWrongIsToldAtOnceAndAsTheAPIServerTellsIt() throws {
        let response = try Self.answer(AdmissionSample.webServer(Self.badHostAndImage))
        let denial = try #require(response.denial)
        #expect(denial.code == 422 && denial.reason == "Invalid")
        #expect(denial.causes.map(\.field) == ["spec.ingress.host", "spec.webServerImage"])
        #expect(denial.subject == .init(group: "web.phys.app", kind: "WebServer", name: "web"))
        #expect(denial.message.hasPrefix("WebServer.web.phys.app \"web\" is invalid: [spec.ingress.host: "))
    }

    @Test func aRightWebServerIsAllowedWithoutAWord() throws {
        #expect(try Self.answer(AdmissionSample.webServer(["ingress": ["host": "phys.app"]])) == .allowed())
    }

    @Test(
        arguments: [
            (["webServerImage": "nginx"], "spec.webServerImage: \"nginx\" has no tag"),
            (
                ["webServerImage": "host:5000/nginx:latest"],
                "spec.webServerImage: \"host:5000/nginx:latest\" has the tag latest"
            ),
            (["resources": [:]], "spec.resources: has no requests"),
            (
                ["replicas": 2, "disruptionBudget": ["minAvailable": 2]],
                "spec.disruptionBudget: lets no pod of 2 be evicted"
            ),
            (
                [
                    "replicas": 2,
                    "persistentVolumeClaim": ["name": "new", "mountPath": "/srv", "createIfNotExists": true],
                ],
                "spec.persistentVolumeClaim.accessModes: allows one node only"
            ),
            (
                ["replicas": 2, "persistentVolumeClaim": ["name": "data", "mountPath": "/srv"]],
                "spec.persistentVolumeClaim.name: claim \"data\" can be mounted by one node only"
            ),
            (
                [
                    "persistentVolumeClaim": [
                        "name": "data", "mountPath": "/srv", "createIfNotExists": true, "storageClass": "hdd",
                    ]
                ],
                "spec.persistentVolumeClaim.storageClass: claim \"data\" exists with storage class \"ssd\""
            ),
            (
                ["podLabels": ["app.kubernetes.io/name": "x"]],
                "spec.podLabels[app.kubernetes.io/name]: is set by the operator"
            ),
        ] as [(JSONValue, String)]
    )
    func whatIsLegalButUnwiseIsAWarning(_ spec: JSONValue, _ expected: String) throws {
        let response = try Self.answer(AdmissionSample.webServer(spec), claims: [Self.claim()])
        #expect(response.isAllowed)
        #expect(response.warnings.contains { $0.hasPrefix(expected) }, "\(response.warnings)")
    }

    @Test(arguments: ["nginx:1.27", "nginx@sha256:\(String(repeating: "0", count: 64))", "r.io:5000/a/b:v1"])
    func anImageThatStaysTheSameIsNoWarning(_ image: String) throws {
        #expect(try Self.answer(AdmissionSample.webServer(["webServerImage": .string(image)])).warnings == [])
    }

    // MARK: - Updates

    @Test func whatWasWrongBeforeIsNoReasonToRefuseAChange() throws {
        let old = AdmissionSample.webServer(Self.badHostAndImage)
        var better = old
        better[path: "spec", "ingress", "host"] = "phys.app"
        let response = try Self.answer(better, old: old)
        #expect(response.isAllowed)
        #expect(response.warnings.contains { $0.hasPrefix("spec.webServerImage: \"no image\"") })

        var worse = old
        worse[path: "spec", "ingress", "path"] = "//"
        let fields = try Self.answer(worse, old: old).denial?.causes.map(\.field)
        #expect(fields == ["spec.ingress.host", "spec.ingress.path", "spec.webServerImage"])
    }

    @Test func anInvalidObjectCanBeDeletedAndItsMetadataEdited() throws {
        let old = AdmissionSample.webServer(Self.badHostAndImage)
        let edited = AdmissionSample.webServer(
            Self.badHostAndImage,
            metadata: ["finalizers": [], "labels": ["a": "b"]]
        )
        #expect(try Self.answer(edited, old: old) == .allowed())
        var ending = AdmissionSample.webServer(["webServerImage": "still no image"])
        ending[path: "metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(try Self.answer(ending, old: old) == .allowed())
        #expect(try Self.answer(nil, old: old, operation: .delete) == .allowed())
        #expect(try Self.answer(old, operation: .create, subresource: "status") == .allowed())
    }

    @Test(
        arguments: [("accessModes", ["ReadWriteMany"]), ("storageClass", "hdd")] as [(String, JSONValue)]
    )
    func whatAClaimThatExistsCannotFollowIsRefused(_ field: String, _ value: JSONValue) throws {
        let volume: JSONValue = [
            "name": "data", "mountPath": "/srv", "createIfNotExists": true, "storageClass": "ssd",
            "accessModes": ["ReadWriteOnce"],
        ]
        let old = AdmissionSample.webServer(["persistentVolumeClaim": volume])
        var new = old
        new[path: "spec", "persistentVolumeClaim", field] = value
        let path = "spec.persistentVolumeClaim.\(field)"
        #expect(try Self.answer(new, old: old, claims: [Self.claim()]).denial?.causes.map(\.field) == [path])
        // Without the claim nothing keeps it from being so.
        #expect(try Self.answer(new, old: old).isAllowed)
        // And back again to what the claim is.
        #expect(try Self.answer(old, old: new, claims: [Self.claim()]).isAllowed)
    }

    // MARK: - Others

    private static func at(_ host: String, path: String = "/", ingressClass: String? = nil) -> JSONValue {
        [
            "ingress": .compact([
                "host": .string(host), "path": .string(path), "ingressClass": ingressClass.map { .string($0) },
            ])
        ]
    }

    @Test(
        arguments: [
            (at("phys.app"), "shop", true), (at("PHYS.app"), "shop", true), (at("phys.app", path: "/a"), "shop", false),
            (at("other.app"), "shop", false), (at("phys.app"), "elsewhere", true),
            (at("phys.app", ingressClass: "nginx"), "shop", true),
            (at("phys.app", ingressClass: "internal"), "shop", false),
            (at("phys.app", ingressClass: "nginx-too"), "shop", true), (at("a.wild.app"), "elsewhere", true),
            (at("a.wild.app"), "shop", false), (at("*.wild.app"), "elsewhere", true),
            (at("phys.app", path: "/x(.*)"), "elsewhere", false), (at("phys.app", path: "/(.*)"), "elsewhere", true),
        ] as [(JSONValue, String, Bool)]
    )
    func aHostAndPathCanBeHadOnce(_ spec: JSONValue, _ namespace: String, _ isTaken: Bool) throws {
        let first = AdmissionSample.webServer(Self.at("phys.app"), name: "first")
        let wildcard = AdmissionSample.webServer(Self.at("*.wild.app"), name: "wildcard")
        let classes = [
            AdmissionSample.ingressClass("nginx", controller: "k8s.io/ingress-nginx", isDefault: true),
            AdmissionSample.ingressClass("nginx-too", controller: "k8s.io/ingress-nginx"),
            AdmissionSample.ingressClass("internal", controller: "example.com/internal"),
        ]
        let second = AdmissionSample.webServer(spec, name: "second", namespace: namespace, createdAt: 50)
        let response = try Self.answer(second, among: [first, wildcard], classes: classes)
        #expect(response.isAllowed == !isTaken, "\(response)")
        guard isTaken, spec[path: "ingress", "host"] == "phys.app", spec[path: "ingress", "path"] == "/",
            namespace != "shop" || spec[path: "ingress", "host"] == "phys.app"
        else { return }
        // Who has it is told to those of the same namespace only.
        let who = namespace == "shop" ? "WebServer \"first\"" : "a WebServer of another namespace"
        #expect(
            response.causes == [
                "spec.ingress: host phys.app with path / is taken by \(who): choose another host or path"
            ]
        )
    }

    @Test func anOlderWebServerCannotBeEditedOntoTheHostOfAnother() throws {
        let young = AdmissionSample.webServer(Self.at("phys.app"), name: "young", createdAt: 200)
        let old = AdmissionSample.webServer(Self.at("old.app"), name: "old", createdAt: 1)
        let moved = AdmissionSample.webServer(Self.at("phys.app"), name: "old", createdAt: 1)
        #expect(try Self.answer(moved, old: old, among: [young, old]).denial?.causes.map(\.field) == ["spec.ingress"])
        // One that is there already, as webhooks can be passed by, can be edited.
        var both = moved
        both[path: "spec", "replicas"] = 3
        #expect(try Self.answer(both, old: moved, among: [young, moved]).isAllowed)
    }

    /// As with a host, so with the class of what has the host already.
    @Test func anOlderWebServerCannotBeEditedOntoTheClassOfAnother() throws {
        let classes = [
            AdmissionSample.ingressClass("a", controller: "example.com/a"),
            AdmissionSample.ingressClass("b", controller: "example.com/b"),
        ]
        let young = AdmissionSample.webServer(Self.at("phys.app", ingressClass: "a"), name: "young", createdAt: 200)
        let old = AdmissionSample.webServer(Self.at("phys.app", ingressClass: "b"), name: "old", createdAt: 1)
        var moved = old
        moved[path: "spec", "ingress", "ingressClass"] = "a"
        let response = try Self.answer(moved, old: old, among: [young, old], classes: classes)
        #expect(response.denial?.causes.map(\.field) == ["spec.ingress"])
    }

    /// Of a creation the API server says afterwards that it is there already; its children are no strangers.
    @Test func creatingOneThatIsThereAlreadyIsNoReasonToWarnOfItsChildren() throws {
        let own: JSONValue = [
            "metadata": [
                "name": "web", "namespace": "shop", "uid": "d", "resourceVersion": "1",
                "ownerReferences": [
                    [
                        "apiVersion": .string(WebServer.resource.apiVersion), "kind": "WebServer", "name": "web",
                        "uid": "uid-of-shop-web", "controller": true,
                    ]
                ],
            ],
            "spec": [:],
        ]
        let webServer = AdmissionSample.webServer()
        #expect(try Self.answer(webServer, among: [webServer], deployments: [own]) == .allowed())
    }

    @Test func aStrangerOfTheSameNameIsAWarning() throws {
        let stranger: JSONValue = [
            "metadata": ["name": "web", "namespace": "shop", "uid": "d", "resourceVersion": "1"], "spec": [:],
        ]
        let response = try Self.answer(AdmissionSample.webServer(), deployments: [stranger])
        #expect(
            response.warnings == [
                "metadata.name: Deployment.apps shop/web exists and belongs to somebody else: it will be left alone, and the WebServer will not be ready"
            ]
        )
    }

    @Test func aClaimThatAnotherWebServerMountsIsAWarning() throws {
        let volume: JSONValue = ["persistentVolumeClaim": ["name": "data", "mountPath": "/srv"]]
        let response = try Self.answer(
            AdmissionSample.webServer(volume),
            among: [AdmissionSample.webServer(volume, name: "other")],
            claims: [Self.claim()]
        )
        #expect(response.isAllowed)
        #expect(
            response.warnings.contains { $0.contains("is used by WebServer other as well") },
            "\(response.warnings)"
        )
    }

    // MARK: - What is not known, and not asked

    @Test func whileTheClusterIsNotKnownTheFailurePolicyDecides() throws {
        let handler = ValidationHandler(webServers: WebServerStores(served: .current))
        let right = AdmissionSample.request(WebServer.resource, AdmissionSample.webServer())
        #expect(throws: ValidationHandler.NotReady.self) { try handler.respond(to: right) }
        // What is wrong by itself is told all the same.
        let wrong = AdmissionSample.request(WebServer.resource, AdmissionSample.webServer(Self.badHostAndImage))
        #expect(try !handler.respond(to: wrong).isAllowed)
    }

    @Test func othersNamespacesAndKindsAreNotJudged() throws {
        let wrong = AdmissionSample.webServer(Self.badHostAndImage)
        #expect(try Self.answer(wrong, namespaces: ["elsewhere"]) == .allowed())
        #expect(try !Self.answer(wrong, namespaces: ["shop"]).isAllowed)
        #expect(try ValidationHandler().respond(to: AdmissionSample.request(WebServer.resource, wrong)) == .allowed())
        #expect(try ValidationHandler().respond(to: AdmissionSample.request(.pods, wrong)) == .allowed())
    }

    @Test func whatDoesNotEvenDecodeIsRefusedWithItsField() throws {
        let response = try Self.answer(AdmissionSample.webServer(["port": "many"]))
        #expect(response.causes.first?.hasPrefix("spec.port: ") == true, "\(response)")
    }
}

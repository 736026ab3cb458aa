import JSON
import KubeApply
import KubeModel
import SwiftletAPI
import Testing
import WebServers

struct IngressClaimTests {
    private static func webServer(
        _ name: String,
        createdAt: Int64? = nil,
        host: String? = "phys.app",
        ingressClass: String? = nil
    ) -> WebServer {
        var webServer = Samples.webServer {
            $0.ingress = IngressSection(host: host)
            $0.ingress?.ingressClass = ingressClass
        }
        webServer.metadata.key.name = name
        webServer.metadata.creationTimestamp = createdAt.map { Timestamp(secondsSinceEpoch: $0) }
        return webServer
    }

    @Test func whoIsThereKeepsThePlaceElseTheFirst() {
        let old = Self.webServer("old", createdAt: 1)
        let young = Self.webServer("young", createdAt: 2)
        let new = Self.webServer("a-new-one")
        func first(_ claims: [IngressClaim]) -> String? { claims.min()?.key.name }
        func claim(_ webServer: WebServer, isInPlace: Bool = false) -> IngressClaim {
            IngressClaim(webServer, isInPlace: isInPlace)
        }
        #expect(first([claim(young), claim(old), claim(new)]) == "old")
        #expect(first([claim(young, isInPlace: true), claim(old)]) == "young")
        #expect(first([claim(young, isInPlace: true), claim(old, isInPlace: true)]) == "old")
        // Seconds are coarse: names decide.
        #expect(first([claim(Self.webServer("b", createdAt: 1)), claim(Self.webServer("c", createdAt: 1))]) == "b")
    }

    /// The classes of two WebServers, the default class, and what is then in whose way. `a` and `b` are of different controllers, `a` and `a2`
    /// of one.
    @Test(
        arguments: [
            (nil, nil, nil, .certain), ("a", "a", nil, .certain), ("a", "b", nil, .none), ("a", nil, "b", .none),
            ("a", nil, "a", .certain), ("a", nil, nil, .possible), ("a", "a2", nil, .possible),
            ("a2", nil, "a", .possible), ("a", "unknown", nil, .possible), ("unknown", "unknown", nil, .certain),
        ] as [(String?, String?, String?, IngressRivalry)]
    )
    func onlyThoseOfOneIngressControllerAreInEachOthersWay(
        _ left: String?,
        _ right: String?,
        _ defaultClass: String?,
        _ expected: IngressRivalry
    ) {
        let one = Self.webServer("one", ingressClass: left)
        let other = Self.webServer("other", ingressClass: right)
        let controllers = IngressControllers(
            byClass: ["a": "example.com/a", "a2": "example.com/a", "b": "example.com/b"],
            defaultClass: defaultClass
        )
        #expect(one.rivalry(with: other, controllers: controllers) == expected)
        #expect(other.rivalry(with: one, controllers: controllers) == expected)
        #expect(one.rivalry(with: one, controllers: controllers) == .none)
    }

    /// Where nothing is known of classes, two of them may be of one controller.
    @Test func classesThatCannotBeReadMayBeOfOneController() {
        let one = Self.webServer("one", ingressClass: "a")
        let other = Self.webServer("other", ingressClass: "b")
        #expect(one.rivalry(with: other, controllers: IngressControllers()) == .possible)
    }

    /// By field, by annotation or by both: each may be the one that a controller goes by.
    @Test func aClassCountsHoweverItIsNamed() {
        let controllers = IngressControllers(byClass: ["a": "example.com/a", "b": "example.com/b"])
        var both = Self.webServer("both", ingressClass: "b")
        both.spec.ingress?.annotations["kubernetes.io/ingress.class"] = "a"
        var annotated = Self.webServer("annotated")
        annotated.spec.ingress?.annotations["kubernetes.io/ingress.class"] = "a"
        let holder = Self.webServer("holder", ingressClass: "a")
        #expect(both.rivalry(with: holder, controllers: controllers) == .certain)
        #expect(annotated.rivalry(with: holder, controllers: controllers) == .certain)
        #expect(annotated.rivalry(with: Self.webServer("b", ingressClass: "b"), controllers: controllers) == .none)
    }

    private static func place(
        _ place: (host: String?, path: String, type: IngressPathType),
        of name: String,
        in namespace: String
    ) -> WebServer {
        var webServer = webServer(name, host: place.host)
        webServer.metadata.key.namespace = namespace
        webServer.spec.ingress?.path = place.path
        webServer.spec.ingress?.pathType = place.type
        return webServer
    }

    /// What somebody of another namespace asks for, what is held, and whether it is in the way; the other way round it may be none.
    @Test(
        arguments: [
            // Hosts below a wildcard, whatever the paths.
            (("a.example.com", "/", .prefix), ("*.example.com", "/", .prefix), .possible),
            (("a.example.com", "/x", .exact), ("*.example.com", "/y", .prefix), .possible),
            (("a.b.example.com", "/", .prefix), ("*.example.com", "/", .prefix), .possible),
            (("*.b.example.com", "/", .prefix), ("*.example.com", "/", .prefix), .possible),
            (("A.EXAMPLE.com", "/", .prefix), ("*.example.com", "/", .prefix), .possible),
            (("*.example.com", "/", .prefix), ("a.example.com", "/", .prefix), .none),
            (("example.com", "/", .prefix), ("*.example.com", "/", .prefix), .none),
            (("a.example.org", "/", .prefix), ("*.example.com", "/", .prefix), .none),
            (("xexample.com", "/", .prefix), ("*.example.com", "/", .prefix), .none),
            // Nobody has all hosts.
            (("a.example.com", "/", .prefix), (nil, "/", .prefix), .none),
            // Spellings and patterns of the root.
            (("h", "///", .implementationSpecific), ("h", "/", .prefix), .certain),
            (("h", "/*", .implementationSpecific), ("h", "/", .prefix), .possible),
            (("h", "/(.*)", .implementationSpecific), ("h", "/", .prefix), .possible),
            (("h", "/(.*)", .implementationSpecific), ("h", "/shop", .prefix), .possible),
            (("h", "/(.*)", .prefix), ("h", "/shop", .prefix), .possible),
            (("h", "/.*", .implementationSpecific), ("h", "/shop/cart", .exact), .possible),
            (("h", "/./", .implementationSpecific), ("h", "/", .prefix), .possible),
            (("h", "/%2e", .implementationSpecific), ("h", "/", .prefix), .possible),
            (("h", "/x|/", .implementationSpecific), ("h", "/shop", .prefix), .possible),
            // Patterns of one's own path, and of that of others.
            (("h", "/app(/|$)(.*)", .implementationSpecific), ("h", "/app", .prefix), .possible),
            (("h", "/APP", .implementationSpecific), ("h", "/app", .prefix), .possible),
            (("h", "/app//", .implementationSpecific), ("h", "/app", .prefix), .certain),
            (("h", "/ap?p", .implementationSpecific), ("h", "/app", .prefix), .possible),
            (("h", "/app(/|$)(.*)", .implementationSpecific), ("h", "/app/admin", .prefix), .possible),
            (("h", "/app(/|$)(.*)", .implementationSpecific), ("h", "/other(/|$)(.*)", .implementationSpecific), .none),
            (("h", "/app(/|$)(.*)", .implementationSpecific), ("h", "/", .prefix), .none),
            // As documented: a longer path of a host may be had.
            (("h", "/app/admin", .prefix), ("h", "/app", .prefix), .none),
            (("h", "/robots.txt", .exact), ("h", "/robots", .prefix), .none),
        ] as [((String?, String, IngressPathType), (String?, String, IngressPathType), IngressRivalry)]
    )
    func whatAnotherTenantAsksForIsInTheWay(
        _ wanted: (String?, String, IngressPathType),
        _ held: (String?, String, IngressPathType),
        _ expected: IngressRivalry
    ) {
        let holder = Self.place(held, of: "holder", in: "shop")
        let other = Self.place(wanted, of: "other", in: "evil")
        #expect(other.rivalry(with: holder, controllers: IngressControllers()) == expected)
        // Within one namespace only the very same place is.
        let own = Self.place(wanted, of: "other", in: "shop")
        let isSame = IngressPlace(host: wanted.0, path: wanted.1) == IngressPlace(host: held.0, path: held.1)
        #expect(own.rivalry(with: holder, controllers: IngressControllers()) == (isSame ? .certain : .none))
    }

    /// An older WebServer that is moved to the class of another is not there yet, though its Ingress has the host.
    @Test(
        arguments: [
            ("nginx", ["ingressClassName": "nginx"], true), ("nginx", ["ingressClassName": "other"], false),
            ("nginx", [:], false), (nil, ["ingressClassName": "nginx"], true),
            (nil, ["ingressClassName": "other"], false), (nil, [:], true),
        ] as [(String?, JSONValue, Bool)]
    )
    func anIngressCountsForItsOwnClass(_ ingressClass: String?, _ spec: JSONValue, _ expected: Bool) {
        var spec = spec
        spec["rules"] = [["host": "phys.app", "http": ["paths": [["path": "/"]]]]]
        let webServer = Self.webServer("one", ingressClass: ingressClass)
        let controllers = IngressControllers(defaultClass: "nginx")
        #expect(webServer.isServed(by: spec, annotations: [:], controllers: controllers) == expected)
        spec["rules"] = [["host": "phys.app", "http": ["paths": [["path": "/other"]]]]]
        #expect(!webServer.isServed(by: spec, annotations: [:], controllers: controllers))
    }

    /// Taken away only what is another's for certain, given only what is free for certain.
    @Test(
        arguments: [
            (false, false, .certain, "old"), (false, false, .possible, "old"), (false, false, .none, nil),
            (true, true, .certain, "old"), (true, true, .possible, nil), (true, true, .none, nil),
            (true, false, .certain, nil), (true, false, .possible, nil), (false, true, .possible, "old"),
        ] as [(Bool, Bool, IngressRivalry, String?)]
    )
    func aPlaceIsLostToAStrongerClaim(
        _ youngIsInPlace: Bool,
        _ oldIsInPlace: Bool,
        _ rivalry: IngressRivalry,
        _ holder: String?
    ) {
        let young = IngressClaim(Self.webServer("young", createdAt: 2), isInPlace: youngIsInPlace)
        let old = IngressClaim(Self.webServer("old", createdAt: 1), isInPlace: oldIsInPlace)
        #expect(young.holder(among: [(old, rivalry)])?.name == holder)
    }

    @Test(
        arguments: [
            ("/", "/", true), ("", "/", true), ("/a", "/a/", true), ("/a", "/b", false), ("/a", "/a/b", false),
            ("///", "/", true), ("/a//b/", "/a/b", true),
        ] as [(String, String, Bool)]
    )
    func aSlashAtTheEndMakesNoOtherPath(_ left: String, _ right: String, _ expected: Bool) {
        #expect((IngressPlace(host: "h", path: left) == IngressPlace(host: "H", path: right)) == expected)
    }

    /// Also when no webhook could refuse it.
    @Test func aWebServerWhosePlaceIsAnothersHasNoIngressAndSaysSo() throws {
        let now = Timestamp(secondsSinceEpoch: 1000)
        let webServer = Self.webServer("second")
        var observation = WebServerObservation()
        let own = WebServerPlanner.plan(webServer, given: observation, now: now)
        #expect(own.plan.actions.map(\.resource.kind) == ["Deployment", "Service", "Ingress"])

        observation.ingressHolder = ObjectKey(namespace: "elsewhere", name: "secret-project")
        let outcome = WebServerPlanner.plan(webServer, given: observation, now: now)
        #expect(outcome.plan.actions.map(\.resource.kind) == ["Deployment", "Service"])
        let condition = try #require(outcome.status.conditions[type: "IngressAdmitted"])
        #expect(condition.status == .no && condition.reason == "HostTaken")
        #expect(condition.message.hasPrefix("A WebServer of another namespace has host phys.app with path / already"))
        #expect(!condition.message.contains("secret-project"))
        #expect(outcome.status.url == "http://second.default.svc/")

        // One that it has is taken down.
        for action in own.plan.actions {
            guard case .apply(let apply) = action, apply.resource.kind == "Ingress" else { continue }
            observation.children[.ingress] = try ObservedObject(apply.intent)
        }
        let last = WebServerPlanner.plan(webServer, given: observation, now: now).plan.actions
        let deletions = last.compactMap { action -> String? in
            guard case .delete(let deletion) = action else { return nil }
            return deletion.reason
        }
        #expect(deletions == ["another WebServer has its host and path"])
    }
}

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

    @Test(
        arguments: [
            (nil, nil, nil, .certain), ("a", "a", nil, .certain), ("a", "b", nil, .none), ("a", nil, "b", .none),
            ("a", nil, "a", .certain), ("a", nil, nil, .possible),
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
        #expect(one.rivalry(with: other, defaultClass: defaultClass) == expected)
        #expect(other.rivalry(with: one, defaultClass: defaultClass) == expected)
        #expect(one.rivalry(with: one, defaultClass: defaultClass) == .none)
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

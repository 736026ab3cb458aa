import Dataplanes
import SwiftletAPI
import Testing

@testable import TrafficPolicy

struct RouteLinterTests {
    private static func lint(
        _ routes: [TrafficRoute],
        meshes: Set<String> = ["default"],
        services: [MeshService] = [.make(web, versions: ["v1", "v2"]), .make(db, .tcp, versions: ["v1", "v2"])],
        dataplanes: [Dataplane] = [.make([["kuma.io/service": api, "version": "v1"]])]
    ) -> [String] {
        RouteLinter(meshes: meshes, services: services, dataplanes: dataplanes).lint(routes).map {
            "\($0.route) \($0.kind) \($0.finding)"
        }
    }

    private static let rule = TrafficRouteHTTP(
        match: RequestMatchSection(path: TextMatchSection(prefix: "/")),
        destination: ["kuma.io/service": "*", "version": "v1"]
    )

    @Test func `A route that does what it says is left in peace`() {
        #expect(
            Self.lint([.make("a", to: [web], conf: .versions(["v1": 9, "v2": 1, "v9": 0], http: [Self.rule]))]) == []
        )
        #expect(Self.lint([.make("route-all")]) == [])
        #expect(Self.lint([.make("route-all")], services: [.make(web), .make(db, .tcp)]) == [])
    }

    @Test func `Splits by connection are told`() {
        #expect(
            Self.lint([.make("a", to: [db], conf: .versions(["v1": 9, "v2": 1]))]) == [
                """
                a splitsConnections spec.conf.split: splits connections, not requests, because db_shop_svc_5432 speaks no HTTP: \
                set appProtocol of the Service's port to http if requests are meant
                """
            ]
        )
        // One share is no split.
        #expect(Self.lint([.make("a", to: [db], conf: .versions(["v1": 9, "v2": 0]))]) == [])
    }

    @Test func `A split to another service that speaks no HTTP is by connection too`() {
        let conf = TrafficRouteConf(split: [
            .init(weight: 1, destination: ["kuma.io/service": web]),
            .init(weight: 1, destination: ["kuma.io/service": db]),
        ])
        #expect(
            Self.lint([.make("a", to: [web], conf: conf)]).map { $0.split(separator: " ")[1] } == ["splitsConnections"]
        )
    }

    @Test func `Rules that have no effect are told`() {
        let conf = TrafficRouteConf(destination: ["kuma.io/service": "*"], http: [Self.rule])
        #expect(
            Self.lint([.make("a", to: [db], conf: conf)]) == [
                """
                a rulesIgnored spec.conf.http: has no effect on db_shop_svc_5432, which speaks no HTTP: \
                set appProtocol of the Service's port to http if requests are meant
                """
            ]
        )
    }

    @Test func `Shares that nobody takes are told, each at its place`() {
        var rule = Self.rule
        rule.destination = ["kuma.io/service": "nobody"]
        #expect(
            Self.lint([.make("a", to: [web], conf: .versions(["v1": 9, "v3": 1], http: [rule]))]) == [
                "a shareWithoutEndpoints spec.conf.http[0].destination: there is no service nobody: this share of the traffic fails",
                """
                a shareWithoutEndpoints spec.conf.split[1].destination: no ready endpoint has kuma.io/service=web_shop_svc_80,version=v3: \
                this share of the traffic fails
                """,
            ]
        )
    }

    @Test func `Pods that are not ready are told of`() {
        let waiting = Dataplane.make([["kuma.io/service": web, "version": "v3"]], state: .notReady)
        let lints = Self.lint([.make("a", to: [web], conf: .versions(["v1": 9, "v3": 1]))], dataplanes: [waiting])
        #expect(lints.count == 1)
        #expect(lints.first?.contains(", though 1 pod that is not ready: this share") == true, "\(lints)")
    }

    @Test func `Traffic that fails altogether is told`() {
        let lints = Self.lint([.make("a", to: [web], conf: .versions(["v3": 1, "v4": 1]))])
        #expect(
            lints.first == """
                a nothingServed spec.conf: all traffic to web_shop_svc_80 fails: the weights of destinations with endpoints add up to nothing
                """
        )
        #expect(lints.count == 3)
    }

    @Test func `Many services are summed up`() {
        let services = (0..<9).map { MeshService.make("s\($0)", .tcp, versions: ["v1", "v2"]) }
        let lints = Self.lint([.make("a", conf: .versions(["v1": 1, "v2": 1]))], services: services)
        #expect(lints.count == 1)
        #expect(lints.first?.contains("because s0, s1, s2 and 6 more speak no HTTP") == true, "\(lints)")
    }

    @Test func `Selectors that match nothing are told`() {
        let route = TrafficRoute.make(
            "a",
            from: [["kuma.io/service": "*", "version": "v1"], ["kuma.io/service": "*", "version": "v7"]],
            to: [web, "nobody"]
        )
        #expect(
            Self.lint([route]) == [
                "a destinationMatchesNothing spec.destinations[1].match: there is no service nobody",
                "a sourceMatchesNothing spec.sources[1].match: no proxy has kuma.io/service=*,version=v7",
            ]
        )
        #expect(Self.lint([.make("a")], services: [], dataplanes: []).count == 2)
    }

    @Test func `Those of another mesh do not count`() {
        let lints = Self.lint([.make("a", to: [web], mesh: "other")], meshes: ["default", "other"])
        #expect(lints.map { $0.split(separator: " ")[1] } == ["destinationMatchesNothing", "sourceMatchesNothing"])
    }

    @Test func `A mesh that is not there is told`() {
        let lints = Self.lint([.make("a", to: [web], mesh: "other")])
        #expect(lints.first == #"a unknownMesh mesh: there is no Mesh "other": there are default"#)
    }

    @Test func `A route that another one shadows is told`() {
        #expect(
            Self.lint([.make("a", to: [web], createdAt: 1), .make("b", to: [web, db], createdAt: 2)]) == [
                """
                a shadowed spec: decides nothing: for every proxy and service that it matches, b is more specific or newer
                """
            ]
        )
        #expect(
            Self.lint([.make("all"), .make("w", to: [web]), .make("d", to: [db])]) == [
                """
                all shadowed spec: decides nothing: for every proxy and service that it matches, d, w are more specific or newer
                """
            ]
        )
        // It still decides about the other service.
        #expect(Self.lint([.make("all"), .make("w", to: [web])]) == [])
        // It still decides for the other proxy.
        #expect(
            Self.lint(
                [.make("a", to: [web]), .make("b", from: [["kuma.io/service": api]], to: [web])],
                dataplanes: [.make([["kuma.io/service": api]]), .make([["kuma.io/service": db]])]
            ) == []
        )
    }

    @Test func `What is not valid is told and hides nothing`() {
        #expect(
            Self.lint([.make("a", to: [web], conf: .versions(["v1": 0]), createdAt: 9), .make("b", to: [web])]) == [
                "a invalid spec.conf.split: there must be at least one split entry with weight above 0"
            ]
        )
    }
}

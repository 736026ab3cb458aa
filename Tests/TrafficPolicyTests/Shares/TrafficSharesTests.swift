import Dataplanes
import SwiftletAPI
import Testing

@testable import TrafficPolicy

struct TrafficSharesTests {
    private static func shares(_ conf: TrafficRouteConf?, _ versions: [String]) -> TrafficShares {
        let route = conf.flatMap { TrafficRoute.make("a", conf: $0).resolved(for: web) } ?? .all(of: web)
        return route.shares(of: .make(web, versions: versions))
    }

    @Test func `Without a route each endpoint gets the same`() {
        let shares = Self.shares(nil, ["v1", "v1", "v1", "v2"])
        #expect(shares.destinations.map(\.fraction) == [1])
        #expect(
            shares.versions == [
                .init(service: web, version: "v1", fraction: 0.75, endpoints: 3),
                .init(service: web, version: "v2", fraction: 0.25, endpoints: 1),
            ]
        )
        #expect(shares.unserved == 0)
    }

    @Test func `With a route the weights count, not the endpoints`() {
        let shares = Self.shares(.versions(["v1": 3, "v2": 1]), ["v1", "v1", "v1", "v2", "v3"])
        #expect(shares.destinations.map(\.fraction) == [0.75, 0.25])
        #expect(shares.destinations.map(\.endpoints) == [3, 1])
        #expect(shares.versions.map(\.version) == ["v1", "v2"])
        #expect(shares.versions.map(\.fraction) == [0.75, 0.25])
    }

    @Test func `A share without endpoints goes nowhere`() {
        let shares = Self.shares(.versions(["v1": 3, "v9": 1]), ["v1"])
        #expect(shares.unserved == 0.25)
        #expect(shares.destinations.map(\.endpoints) == [1, 0])
        #expect(shares.versions.map(\.fraction) == [0.75])
        #expect(Self.shares(.versions(["v1": 1]), []).unserved == 1)
    }

    @Test func `Endpoints without a version are told apart`() {
        let shares = Self.shares(nil, ["", "v1"])
        #expect(shares.versions.map(\.version) == [nil, "v1"])
    }

    @Test func `Destinations that overlap add up`() {
        let conf = TrafficRouteConf(split: [
            .init(weight: 1, destination: ["kuma.io/service": "*"]),
            .init(weight: 1, destination: ["kuma.io/service": "*", "version": "v1"]),
        ])
        let shares = Self.shares(conf, ["v1", "v2"])
        #expect(shares.versions.map(\.fraction) == [0.75, 0.25])
        #expect(shares.versions.map(\.endpoints) == [1, 1])
    }

    @Test func `Other services are asked for`() {
        let conf = TrafficRouteConf(split: [
            .init(weight: 1, destination: ["kuma.io/service": "*"]),
            .init(weight: 3, destination: ["kuma.io/service": api]),
        ])
        let route = TrafficRoute.make("a", conf: conf).resolved(for: web)
        let services = [web: MeshService.make(web, versions: ["v1"]), api: .make(api, versions: ["v1", "v1"])]
        let shares = route?.shares { services[$0] }
        #expect(shares?.versions.map(\.service) == [api, web])
        #expect(shares?.versions.map(\.fraction) == [0.75, 0.25])
        #expect(shares?.unserved == 0)
    }
}

import Dataplanes
import JSON
import SwiftletAPI
import Testing

@testable import TrafficPolicy

struct ResolutionTests {
    @Test(
        arguments: [
            (["kuma.io/service": "*"], ["kuma.io/service": web]),
            (["kuma.io/service": web], ["kuma.io/service": web]),
            (["kuma.io/service": api], ["kuma.io/service": api]),
            (["kuma.io/service": "*", "version": "v1"], ["kuma.io/service": web, "version": "v1"]),
            (["kuma.io/service": api, "version": "v1"], ["kuma.io/service": api, "version": "v1"]),
            (["kuma.io/service": "*", "version": "*"], ["kuma.io/service": web]),
            (["kuma.io/service": api, "version": "*"], ["kuma.io/service": api]),
            (["kuma.io/service": "*", "version": "*", "zone": "a"], ["kuma.io/service": web, "zone": "a"]),
        ] as [([String: String], [String: String])]
    )
    func `Tags of any value are left out, and the service called is filled in`(
        _ destination: [String: String],
        _ expected: [String: String]
    ) {
        let route = TrafficRoute.make("a", conf: TrafficRouteConf(destination: destination))
        let resolved = route.resolved(for: web)
        #expect(resolved?.split == [WeightedDestination(tags: Tags(expected), weight: 1)])
        #expect(resolved?.origin == "a")
        #expect(resolved?.loadBalancer == .roundRobin)
    }

    @Test func `Shares keep their order and weights, but for those of weight 0`() {
        let route = TrafficRoute.make("a", conf: .versions(["v3": 0, "v2": 7, "v1": 4_294_967_288, "v0": 0]))
        #expect(
            route.resolved(for: web)?.split == [
                .init(tags: ["kuma.io/service": web, "version": "v2"], weight: 7),
                .init(tags: ["kuma.io/service": web, "version": "v1"], weight: 4_294_967_288),
            ]
        )
    }

    @Test func `What is not valid means nothing`() {
        #expect(TrafficRoute.make("a", conf: .versions(["v1": 0])).resolved(for: web) == nil)
        #expect(TrafficRoute.make("a", conf: .versions(["v1": -1, "v2": 5])).resolved(for: web) == nil)
        #expect(TrafficRoute.make("a", conf: TrafficRouteConf()).resolved(for: web) == nil)
    }

    @Test(arguments: [
        (#"{"roundRobin":{}}"#, LoadBalancer.roundRobin), (#"{"random":{}}"#, .random), (#"{"maglev":{}}"#, .maglev),
        (#"{"leastRequest":{}}"#, .leastRequest(choiceCount: nil)),
        (#"{"leastRequest":{"choiceCount":0}}"#, .leastRequest(choiceCount: nil)),
        (#"{"leastRequest":{"choiceCount":5}}"#, .leastRequest(choiceCount: 5)),
        (
            #"{"ringHash":{"hashFunction":"MURMUR_HASH_2","minRingSize":0,"maxRingSize":4096}}"#,
            .ringHash(function: .murmurHash2, minimumRingSize: nil, maximumRingSize: 4096)
        ),
    ])
    func `All load balancers come through`(_ section: String, _ expected: LoadBalancer) throws {
        let conf = TrafficRouteConf(
            destination: ["kuma.io/service": "*"],
            loadBalancer: try JSONValue(parsing: section).decode(as: LoadBalancerSection.self)
        )
        #expect(TrafficRoute.make("a", conf: conf).resolved(for: web)?.loadBalancer == expected)
    }

    @Test func `Rules for requests come through whole`() throws {
        let text = """
            [{"match": {"method": {"exact": "GET"}, "path": {"prefix": "/a"}, "headers": {"x": {"regex": "b+"}}},
              "modify": {"path": {"rewritePrefix": "/b"}, "host": {"value": "h"},
                "requestHeaders": {"add": [{"name": "n", "value": "v", "append": true}], "remove": [{"name": "r"}]},
                "responseHeaders": {"add": [{"name": "m", "value": "w"}]}},
              "split": [{"weight": 0, "destination": {"kuma.io/service": "x"}},
                {"weight": 2, "destination": {"kuma.io/service": "*", "version": "*"}}]},
             {"match": {"path": {"exact": "/c"}},
              "modify": {"path": {"regex": {"pattern": "p", "substitution": "s"}},
                "host": {"fromPath": {"pattern": "q", "substitution": "t"}}},
              "destination": {"kuma.io/service": "other"}}]
            """
        let rules = try JSONValue(parsing: text).decode(as: [TrafficRouteHTTP].self)
        let conf = TrafficRouteConf(destination: ["kuma.io/service": "*"], http: rules)
        #expect(
            TrafficRoute.make("a", conf: conf).resolved(for: web)?.rules == [
                HTTPRule(
                    match: RequestMatch(method: .exact("GET"), path: .prefix("/a"), headers: ["x": .regex("b+")]),
                    modification: RequestModification(
                        path: .prefix("/b"),
                        host: .value("h"),
                        requestHeaders: .init(add: [.init(name: "n", value: "v", appends: true)], remove: ["r"]),
                        responseHeaders: .init(add: [.init(name: "m", value: "w", appends: false)])
                    ),
                    split: [.init(tags: ["kuma.io/service": web], weight: 2)]
                ),
                HTTPRule(
                    match: RequestMatch(path: .exact("/c")),
                    modification: RequestModification(
                        path: .regex(pattern: "p", substitution: "s"),
                        host: .fromPath(pattern: "q", substitution: "t")
                    ),
                    split: [.init(tags: ["kuma.io/service": "other"], weight: 1)]
                ),
            ]
        )
    }

    @Test(arguments: [
        (TrafficProtocol.http, TrafficProtocol.http, TrafficProtocol.http), (.http, .tcp, .tcp), (.http, .http2, .tcp),
        (.grpc, .http2, .http2), (.grpc, .grpc, .grpc), (.grpc, .http, .tcp), (.kafka, .http, .tcp),
        (.kafka, .kafka, .kafka), (.grpc, .tcp, .tcp),
    ])
    func `Traffic is treated as what all destinations have in common`(
        _ one: TrafficProtocol,
        _ other: TrafficProtocol,
        _ expected: TrafficProtocol
    ) {
        let route = ServiceRoute(
            origin: nil,
            split: [.init(tags: ["kuma.io/service": web], weight: 1), .init(tags: ["kuma.io/service": api], weight: 1)]
        )
        #expect(route.trafficProtocol { [web: one, api: other][$0] } == expected)
        #expect(route.trafficProtocol { [web: other, api: one][$0] } == expected)
        #expect(route.trafficProtocol { $0 == web ? one : nil } == one)
        #expect(route.trafficProtocol { _ in nil } == .tcp)
    }
}

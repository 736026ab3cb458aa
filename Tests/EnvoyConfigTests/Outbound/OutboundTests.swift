import Dataplanes
import EnvoyAPI
import EnvoyConfig
import JSON
import Testing
import TrafficPolicy

struct OutboundTests {
    @Test func connectionsToAllOfAService() throws {
        let snapshot = try Samples.snapshot([Samples.service()])
        let listener = try snapshot.json(.listener, "outbound:10.1.0.1:80")
        #expect(
            try listener
                == JSONValue(
                    parsing: """
                        {"name": "outbound:10.1.0.1:80", "bindToPort": false, "trafficDirection": "OUTBOUND",
                         "address": {"socketAddress": {"address": "10.1.0.1", "portValue": 80}},
                         "metadata": {"filterMetadata": {"io.kuma.tags": {"kuma.io/service": "web_shop_svc_80"}}},
                         "filterChains": [{"filters": [{"name": "envoy.filters.network.tcp_proxy", "typedConfig": {
                           "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                           "statPrefix": "web_shop_svc_80", "cluster": "web_shop_svc_80", "maxConnectAttempts": 3}}]}]}
                        """
                )
        )
        #expect(snapshot.names(of: .route).isEmpty)
        #expect(snapshot.resource(.listener, "outbound:10.1.0.1:80")?.origin == nil)
    }

    @Test func connectionsAreSplitByWeight() throws {
        let snapshot = try Samples.snapshot([Samples.service()], [Samples.web: Samples.canary])
        let proxy = try tcpProxy(snapshot, "outbound:10.1.0.1:80")
        let v1 = Tags([TagName.service: Samples.web, "version": "v1"]).clusterName
        let v2 = Tags([TagName.service: Samples.web, "version": "v2"]).clusterName
        #expect(
            proxy["weightedClusters"]
                == ["clusters": [["name": .string(v1), "weight": 90], ["name": .string(v2), "weight": 10]]]
        )
        #expect(snapshot.names(of: .cluster).contains(v1) && snapshot.names(of: .endpoint).contains(v2))
        let origin = ResourceOrigin(kind: "TrafficRoute", name: "canary")
        #expect(snapshot.resource(.listener, "outbound:10.1.0.1:80")?.origin == origin)
        #expect(snapshot.resource(.cluster, v1)?.origin == origin)
    }

    @Test(arguments: [
        ([1, 1], [1, 1]),
        ([0, 5], [5]),
        ([4_000_000_000, 4_000_000_000, 1], [500_000, 500_000, 1]),
    ])
    func weights(given: [UInt32], expected: [Int64]) throws {
        let split = given.enumerated().map { Samples.destination(version: "v\($0)", weight: $1) }
        let snapshot = try Samples.snapshot(
            [Samples.service()],
            [Samples.web: ServiceRoute(origin: "canary", split: split)]
        )
        let proxy = try tcpProxy(snapshot, "outbound:10.1.0.1:80")
        let clusters = proxy["weightedClusters"]?.objectValue?["clusters"]?.arrayValue
        #expect(
            clusters.map { $0.compactMap { $0.objectValue?["weight"]?.intValue } } ?? [5] == expected
                && (clusters == nil) == (proxy["cluster"] != nil)
        )
    }

    @Test func requestsHaveRoutesByName() throws {
        let snapshot = try Samples.snapshot([Samples.service(Samples.web, .http)])
        let chains = try snapshot.json(.listener, "outbound:10.1.0.1:80").objectValue?["filterChains"]
        #expect(
            try chains
                == JSONValue(
                    parsing: """
                        [{"filters": [{"name": "envoy.filters.network.http_connection_manager", "typedConfig": {
                          "@type":
                        "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                          "statPrefix": "web_shop_svc_80",
                          "rds": {"configSource": {"ads": {}, "resourceApiVersion": "V3"},
                                  "routeConfigName": "outbound:web_shop_svc_80"},
                          "serverHeaderTransformation": "PASS_THROUGH",
                          "httpProtocolOptions": {"acceptHttp10": true},
                          "upgradeConfigs": [{"upgradeType": "websocket"}],
                          "streamIdleTimeout": "1800s",
                          "httpFilters": [{"name": "envoy.filters.http.router", "typedConfig": {
                            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]
                        """
                )
        )
        #expect(
            try snapshot.json(.route, "outbound:web_shop_svc_80")
                == JSONValue(
                    parsing: """
                        {"name": "outbound:web_shop_svc_80", "validateClusters": true, "virtualHosts": [{
                          "name": "web_shop_svc_80", "domains": ["*"],
                          "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "web_shop_svc_80", "timeout": "0s"}}],
                          "retryPolicy": {"retryOn": "connect-failure,refused-stream,reset-before-request", "numRetries": 2,
                            "hostSelectionRetryMaxAttempts": "3",
                            "retryHostPredicate": [{"name": "envoy.retry_host_predicates.previous_hosts", "typedConfig": {
                              "@type":
                        "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}}]}}]}
                        """
                )
        )
    }

    @Test func rulesComeFirstAndInOrder() throws {
        var first = HTTPRule(
            match: RequestMatch(
                method: .exact("GET"),
                path: .prefix("/api"),
                headers: ["x-b": .regex("a.*"), "x-a": .prefix("p")]
            ),
            split: [Samples.destination(version: "v2")]
        )
        first.modification.path = .prefix("/v2")
        first.modification.host = .value("example.org")
        first.modification.requestHeaders.add = [.init(name: "x-c", value: "1", appends: true)]
        first.modification.responseHeaders.add = [.init(name: "x-d", value: "", appends: false)]
        first.modification.responseHeaders.remove = ["x-e"]
        var second = HTTPRule(match: RequestMatch(headers: ["x-f": .exact("1")]), split: Samples.canary.split)
        second.modification.path = .regex(pattern: "^/a", substitution: "/b")
        second.modification.host = .fromPath(pattern: "^/(.*)", substitution: #"\1"#)
        let route = ServiceRoute(origin: "canary", rules: [first, second], split: [Samples.destination()])
        let snapshot = try Samples.snapshot([Samples.service(Samples.web, .http)], [Samples.web: route])
        let v1 = Tags([TagName.service: Samples.web, "version": "v1"]).clusterName
        let v2 = Tags([TagName.service: Samples.web, "version": "v2"]).clusterName
        let host = try snapshot.json(.route, "outbound:web_shop_svc_80").objectValue?["virtualHosts"]?.arrayValue?.first
        #expect(
            try host?.objectValue?["routes"]
                == JSONValue(
                    parsing: #"""
                        [{"match": {"prefix": "/api", "headers": [
                            {"name": ":method", "stringMatch": {"exact": "GET"}},
                            {"name": "x-a", "stringMatch": {"prefix": "p"}},
                            {"name": "x-b", "stringMatch": {"safeRegex": {"regex": "a.*"}}}]},
                          "route": {"cluster": "\#(v2)", "prefixRewrite": "/v2", "hostRewriteLiteral": "example.org",
                                    "timeout": "0s"},
                          "requestHeadersToAdd": [{"header": {"key": "x-c", "value": "1"}}],
                          "responseHeadersToAdd": [{"header": {"key": "x-d"}, "appendAction": "OVERWRITE_IF_EXISTS_OR_ADD",
                                                    "keepEmptyValue": true}],
                          "responseHeadersToRemove": ["x-e"]},
                         {"match": {"prefix": "/", "headers": [{"name": "x-f", "stringMatch": {"exact": "1"}}]},
                          "route": {"weightedClusters": {"clusters": [{"name": "\#(v1)", "weight": 90},
                                                                      {"name": "\#(v2)", "weight": 10}]},
                                    "regexRewrite": {"pattern": {"regex": "^/a"}, "substitution": "/b"},
                                    "hostRewritePathRegex": {"pattern": {"regex": "^/(.*)"}, "substitution": "\\1"},
                                    "timeout": "0s"}},
                         {"match": {"prefix": "/"}, "route": {"cluster": "web_shop_svc_80", "timeout": "0s"}}]
                        """#
                )
        )
    }

    /// Of services called, their destinations, and whether requests are told apart.
    @Test(arguments: [
        (TrafficProtocol.http, TrafficProtocol.http, true),
        (.http, .tcp, false),
        (.tcp, .http, false),
        (.grpc, .http2, true),
        (.http, .http2, false),
        (.kafka, .kafka, false),
    ])
    func protocolIsWhatAllDestinationsHaveInCommon(one: TrafficProtocol, other: TrafficProtocol, isHTTP: Bool) throws {
        let second = Samples.service("other", other, addresses: [])
        let route = ServiceRoute(origin: "r", split: [Samples.destination(), Samples.destination("other")])
        let snapshot = try Samples.snapshot([Samples.service(Samples.web, one), second], [Samples.web: route])
        let listener = try snapshot.json(.listener, "outbound:10.1.0.1:80")
        #expect(listener.encodedText().contains("http_connection_manager") == isHTTP)
    }

    @Test func aDestinationThatIsNotThereDoesNotCount() throws {
        let route = ServiceRoute(origin: "r", split: [Samples.destination(), Samples.destination("gone")])
        let snapshot = try Samples.snapshot([Samples.service(Samples.web, .http)], [Samples.web: route])
        #expect(snapshot.names(of: .route) == ["outbound:web_shop_svc_80"])
        #expect(try snapshot.json(.endpoint, "gone") == ["clusterName": "gone"])
    }

    @Test func rulesNeedHTTP() throws {
        let rule = HTTPRule(match: RequestMatch(path: .exact("/a")), split: [Samples.destination("other")])
        let route = ServiceRoute(origin: "r", rules: [rule], split: [Samples.destination()])
        let snapshot = try Samples.snapshot([Samples.service()], [Samples.web: route])
        #expect(!snapshot.names(of: .cluster).contains("other"))
    }

    private func tcpProxy(_ snapshot: ProxySnapshot, _ name: String) throws -> [String: JSONValue] {
        let chain = try snapshot.json(.listener, name).objectValue?["filterChains"]?.arrayValue?.first
        let filter = chain?.objectValue?["filters"]?.arrayValue?.first
        return try #require(filter?.objectValue?["typedConfig"]?.objectValue)
    }
}

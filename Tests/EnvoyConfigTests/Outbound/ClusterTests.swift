import Dataplanes
import EnvoyAPI
import EnvoyConfig
import JSON
import Testing
import TrafficPolicy

struct ClusterTests {
    @Test func clusterOfAService() throws {
        let snapshot = try Samples.snapshot([Samples.service(versions: ["v1"])])
        #expect(
            try snapshot.json(.cluster, Samples.web)
                == JSONValue(
                    parsing: """
                        {"name": "web_shop_svc_80", "type": "EDS", "connectTimeout": "5s",
                         "edsClusterConfig": {"edsConfig": {"ads": {}, "resourceApiVersion": "V3"}},
                         "circuitBreakers": {"thresholds": [{"maxConnections": 4294967295, "maxPendingRequests": 4294967295,
                                                            "maxRequests": 4294967295, "maxRetries": 4294967295}]}}
                        """
                )
        )
        #expect(
            try snapshot.json(.endpoint, Samples.web)
                == JSONValue(
                    parsing: """
                        {"clusterName": "web_shop_svc_80", "endpoints": [{"lbEndpoints": [{"endpoint": {"address": {
                          "socketAddress": {"address": "10.2.0.1", "portValue": 8080}}}}]}]}
                        """
                )
        )
    }

    @Test func endpointsBearAllTags() throws {
        let service = Samples.service(versions: ["v1", "v2", "v1"])
        let snapshot = try Samples.snapshot([service], [Samples.web: Samples.canary])
        let v1 = Tags([TagName.service: Samples.web, "version": "v1"]).clusterName
        let text = try snapshot.json(.endpoint, v1).encodedText()
        #expect(text.contains("10.2.0.1") && text.contains("10.2.0.3") && !text.contains("10.2.0.2"))
    }

    @Test func noEndpointsAtAll() throws {
        let snapshot = try Samples.snapshot([Samples.service(versions: [])])
        #expect(try snapshot.json(.endpoint, Samples.web) == ["clusterName": "web_shop_svc_80"])
    }

    @Test(arguments: [
        (LoadBalancer.roundRobin, "{}"),
        (.random, #"{"lbPolicy": "RANDOM"}"#),
        (.maglev, #"{"lbPolicy": "MAGLEV"}"#),
        (.leastRequest(choiceCount: nil), #"{"lbPolicy": "LEAST_REQUEST"}"#),
        (.leastRequest(choiceCount: 4), #"{"lbPolicy": "LEAST_REQUEST", "leastRequestLbConfig": {"choiceCount": 4}}"#),
        (.ringHash(function: nil, minimumRingSize: nil, maximumRingSize: nil), #"{"lbPolicy": "RING_HASH"}"#),
        (
            .ringHash(function: .murmurHash2, minimumRingSize: 3, maximumRingSize: 5000),
            #"""
            {"lbPolicy": "RING_HASH", "ringHashLbConfig":
              {"hashFunction": "MURMUR_HASH_2", "minimumRingSize": "3", "maximumRingSize": "5000"}}
            """#
        ),
        (
            .ringHash(function: nil, minimumRingSize: nil, maximumRingSize: 100),
            #"{"lbPolicy": "RING_HASH", "ringHashLbConfig": {"minimumRingSize": "100", "maximumRingSize": "100"}}"#
        ),
    ])
    func loadBalancers(loadBalancer: LoadBalancer, expected: String) throws {
        let route = ServiceRoute(origin: "r", loadBalancer: loadBalancer, split: [Samples.destination()])
        let snapshot = try Samples.snapshot([Samples.service()], [Samples.web: route])
        let cluster = try #require(try snapshot.json(.cluster, Samples.web).objectValue)
        let found = cluster.filter { $0.key == "lbPolicy" || $0.key.hasSuffix("LbConfig") }
        #expect(try JSONValue.object(found) == JSONValue(parsing: expected))
    }

    @Test(arguments: TrafficProtocol.allCases)
    func endpointsOfHTTP2AreSpokenToInIt(trafficProtocol: TrafficProtocol) throws {
        let snapshot = try Samples.snapshot([Samples.service(Samples.web, trafficProtocol)])
        let options = try snapshot.json(.cluster, Samples.web).objectValue?["typedExtensionProtocolOptions"]
        let expected = try JSONValue(
            parsing: """
                {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                  "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                  "explicitHttpConfig": {"http2ProtocolOptions": {}}}}
                """
        )
        #expect(options == (trafficProtocol == .http2 || trafficProtocol == .grpc ? expected : nil))
    }

    /// The route to the cluster's own service decides, if it uses the cluster; otherwise the first by name.
    @Test func oneLoadBalancerForAClusterOfManyRoutes() throws {
        let other = Samples.service("a_other", addresses: [ServiceAddress(address: "10.1.0.2", port: 80)])
        let third = Samples.service("b_other", addresses: [ServiceAddress(address: "10.1.0.3", port: 80)])
        var routes = [
            "a_other": ServiceRoute(origin: "a", loadBalancer: .random, split: [Samples.destination()]),
            "b_other": ServiceRoute(origin: "b", loadBalancer: .maglev, split: [Samples.destination()]),
            Samples.web: ServiceRoute(
                origin: "w",
                loadBalancer: .leastRequest(choiceCount: nil),
                split: [Samples.destination()]
            ),
        ]
        func policy() throws -> JSONValue? {
            try Samples.snapshot([Samples.service(), other, third], routes).json(.cluster, Samples.web).objectValue?[
                "lbPolicy"
            ]
        }
        #expect(try policy() == "LEAST_REQUEST")
        routes[Samples.web]?.split = [Samples.destination(version: "v1")]
        #expect(try policy() == "RANDOM")
    }
}

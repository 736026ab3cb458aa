import Dataplanes
import EnvoyAPI
import EnvoyConfig
import JSON
import Testing

struct InboundTests {
    private static func inbound(
        _ port: UInt16 = 8080,
        _ trafficProtocol: TrafficProtocol = .tcp,
        _ state: Inbound.State = .ready
    ) -> Inbound {
        Inbound(
            port: port,
            tags: [TagName.service: Samples.web, TagName.protocolName: trafficProtocol.rawValue],
            state: state
        )
    }

    private func snapshot(address: String = "10.2.0.1", _ inbounds: [Inbound]) throws -> ProxySnapshot {
        var dataplane = Samples.dataplane(address: address)
        dataplane.inbounds = inbounds
        return try Samples.snapshot([], [:], dataplane)
    }

    @Test func connectionsGoToTheApplication() throws {
        let snapshot = try snapshot([Self.inbound()])
        #expect(
            try snapshot.json(.listener, "inbound:10.2.0.1:8080")
                == JSONValue(
                    parsing: """
                        {"name": "inbound:10.2.0.1:8080", "bindToPort": false, "trafficDirection": "INBOUND",
                         "address": {"socketAddress": {"address": "10.2.0.1", "portValue": 8080}},
                         "metadata": {"filterMetadata": {"io.kuma.tags": {"kuma.io/service": "web_shop_svc_80",
                                                                         "kuma.io/protocol": "tcp"}}},
                         "filterChains": [{"filters": [{"name": "envoy.filters.network.tcp_proxy", "typedConfig": {
                           "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                           "statPrefix": "localhost_8080", "cluster": "localhost:8080"}}]}]}
                        """
                )
        )
        let cluster = try #require(try snapshot.json(.cluster, "localhost:8080").objectValue)
        #expect(cluster["type"] == "STATIC" && cluster["altStatName"] == "localhost_8080")
        #expect(cluster["loadAssignment"]?.encodedText().contains(#""address":"127.0.0.1","portValue":8080"#) == true)
    }

    @Test func requestsHaveTheirRoutesInline() throws {
        let text = try snapshot([Self.inbound(8080, .http)]).json(.listener, "inbound:10.2.0.1:8080").encodedText()
        #expect(text.contains(#""name":"inbound:web_shop_svc_80""#))
        #expect(
            text.contains(#""routes":[{"match":{"prefix":"/"},"route":{"cluster":"localhost:8080","timeout":"0s"}}]"#)
        )
    }

    @Test(arguments: [
        ([TrafficProtocol.http], true), ([.grpc, .http2], true), ([.http, .tcp], false), ([.http, .http2], false),
    ])
    func aPortOfManyServicesSpeaksWhatTheyHaveInCommon(protocols: [TrafficProtocol], isHTTP: Bool) throws {
        let snapshot = try snapshot(protocols.map { Self.inbound(8080, $0) })
        #expect(snapshot.names(of: .listener).filter { $0.hasPrefix("inbound:10") } == ["inbound:10.2.0.1:8080"])
        let text = try snapshot.json(.listener, "inbound:10.2.0.1:8080").encodedText()
        #expect(text.contains("http_connection_manager") == isHTTP)
    }

    @Test(arguments: [(Inbound.State.ready, true), (.notReady, true), (.ignored, false)])
    func states(state: Inbound.State, isThere: Bool) throws {
        let names = try snapshot([Self.inbound(8080, .tcp, state)]).names(of: .listener)
        #expect(names.contains("inbound:10.2.0.1:8080") == isThere)
    }

    @Test func ipv6() throws {
        let snapshot = try snapshot(address: "fd00::1", [Self.inbound()])
        #expect(snapshot.names(of: .listener).contains("inbound:[fd00::1]:8080"))
        #expect(try snapshot.json(.cluster, "localhost:8080").encodedText().contains(#""address":"::1""#))
    }

    @Test func gateway() throws {
        var dataplane = Samples.dataplane()
        dataplane.gateway = [TagName.service: "gateway"]
        let names = try Samples.snapshot([Samples.service()], [:], dataplane).names(of: .listener)
        #expect(names == ["outbound:10.1.0.1:80", "outbound:passthrough:ipv4"])
    }
}

import Dataplanes
import EnvoyAPI
import EnvoyConfig
import JSON
import Testing

struct TransparentTests {
    private func snapshot(_ settings: MeshSettings, services: [MeshService] = []) throws -> ProxySnapshot {
        try Samples.snapshot(services, [:], Samples.dataplane(), settings)
    }

    @Test func outbound() throws {
        let snapshot = try snapshot(MeshSettings(mesh: "default"))
        #expect(
            try snapshot.json(.listener, "outbound:passthrough:ipv4")
                == JSONValue(
                    parsing: """
                        {"name": "outbound:passthrough:ipv4", "useOriginalDst": true, "trafficDirection": "OUTBOUND",
                         "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 15001}},
                         "filterChains": [
                           {"filterChainMatch": {"destinationPort": 15001},
                            "filters": [{"name": "envoy.filters.network.direct_response", "typedConfig": {
                              "@type": "type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config"}}]},
                           {"filters": [{"name": "envoy.filters.network.tcp_proxy", "typedConfig": {
                              "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                              "statPrefix": "outbound_passthrough_ipv4", "cluster": "outbound:passthrough:ipv4"}}]}]}
                        """
                )
        )
        let cluster = try #require(try snapshot.json(.cluster, "outbound:passthrough:ipv4").objectValue)
        #expect(cluster["type"] == "ORIGINAL_DST" && cluster["lbPolicy"] == "CLUSTER_PROVIDED")
        #expect(cluster["upstreamBindConfig"] == nil)
    }

    @Test func inboundTrafficComesFromAnAddressThatIsNotRedirected() throws {
        let snapshot = try snapshot(MeshSettings(mesh: "default", ipv6: .always))
        for (name, address) in [("ipv4", "127.0.0.6"), ("ipv6", "::6")] {
            let cluster = try snapshot.json(.cluster, "inbound:passthrough:\(name)")
            #expect(
                cluster.objectValue?["upstreamBindConfig"]
                    == ["sourceAddress": ["address": .string(address), "portValue": 0]]
            )
        }
    }

    @Test func withoutPassthroughConnectionsAreClosed() throws {
        let snapshot = try snapshot(MeshSettings(mesh: "closed", passthrough: false))
        let listener = try snapshot.json(.listener, "outbound:passthrough:ipv4").encodedText()
        #expect(listener.contains("direct_response") && !listener.contains("tcp_proxy"))
        #expect(!snapshot.names(of: .cluster).contains("outbound:passthrough:ipv4"))
        #expect(snapshot.names(of: .cluster).contains("inbound:passthrough:ipv4"))
        #expect(
            snapshot.resource(.listener, "outbound:passthrough:ipv4")?.origin
                == ResourceOrigin(kind: "Mesh", name: "closed")
        )
    }

    /// A machine without IPv6 would refuse these listeners.
    @Test(arguments: [
        (MeshSettings.IPv6.automatic, "10.1.0.1", false), (.automatic, "fd00::1", true), (.never, "fd00::1", false),
        (.always, "10.1.0.1", true),
    ])
    func ipv6(setting: MeshSettings.IPv6, address: String, isThere: Bool) throws {
        let service = Samples.service(addresses: [ServiceAddress(address: address, port: 80)])
        let names = try snapshot(MeshSettings(mesh: "default", ipv6: setting), services: [service]).names(of: .listener)
        #expect(names.contains("outbound:passthrough:ipv6") == isThere)
        #expect(names.contains("inbound:passthrough:ipv6") == isThere)
        #expect(names.contains("outbound:passthrough:ipv4"))
    }
}

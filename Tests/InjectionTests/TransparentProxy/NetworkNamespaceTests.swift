import Foundation
import Injection
import Testing

/// The rules in real network namespaces: a pod and its peer, joined by a pair of interfaces.
@Suite(.serialized, PodNetwork.isThere)
struct NetworkNamespaceTests {
    @Test(arguments: AddressFamily.allCases)
    func trafficGoesThroughTheProxy(family: AddressFamily) async throws {
        try await PodNetwork.with(family) { network in
            try await network.install(TransparentProxySettings())
            // In: to any port, whether somebody listens there or not.
            #expect(try await network.peerReaches(8080) == "inbound")
            #expect(try await network.peerReaches(4444) == "inbound")
            // Out: the application's, but not the proxy's own.
            #expect(try await network.podReaches(.peer, 9000, uid: 1000) == "outbound")
            #expect(try await network.podReaches(.peer, 9000, uid: 5678) == "peer")
            // The application speaks to itself.
            #expect(try await network.podReaches(.loopback, 8080, uid: 1000) == "application")
            #expect(try await network.podReaches(.pod, 8080, uid: 1000) == "application")
            // The proxy chose this very pod: inbound. It hands on to the application: not again.
            #expect(try await network.podReaches(.pod, 8080, uid: 5678) == "inbound")
            #expect(try await network.podReaches(.loopback, 8080, uid: 5678) == "application")
            if family == .ipv4 {
                #expect(try await network.podReaches(.pod, 8080, uid: 5678, from: "127.0.0.6") == "application")
            }
        }
    }

    @Test(arguments: AddressFamily.allCases)
    func exclusionsGoPastTheProxy(family: AddressFamily) async throws {
        try await PodNetwork.with(family) { network in
            try await network.install(TransparentProxySettings())
            #expect(try await network.peerReaches(8080) == "inbound")
            try await network.install(TransparentProxySettings(arguments: ["--exclude-inbound-ports=8000-8090"]))
            #expect(try await network.peerReaches(8080) == "application")
            #expect(try await network.peerReaches(4444) == "inbound")
            try await network.install(
                TransparentProxySettings(arguments: ["--exclude-inbound-ips=\(network.address(.peer))"])
            )
            #expect(try await network.peerReaches(8080) == "application")
            try await network.install(TransparentProxySettings(arguments: ["--exclude-outbound-ports=9000"]))
            #expect(try await network.podReaches(.peer, 9000, uid: 1000) == "peer")
            #expect(try await network.podReaches(.peer, 9001, uid: 1000) == "outbound")
            try await network.install(
                TransparentProxySettings(arguments: ["--exclude-outbound-ips=\(network.address(.peer))"])
            )
            #expect(try await network.podReaches(.peer, 9000, uid: 1000) == "peer")
            try await network.install(
                TransparentProxySettings(arguments: ["--exclude-outbound-ports-for-uids=tcp:9000:1000-1001"])
            )
            #expect(try await network.podReaches(.peer, 9000, uid: 1001) == "peer")
            #expect(try await network.podReaches(.peer, 9000, uid: 1002) == "outbound")
            try await network.install(TransparentProxySettings(arguments: ["--redirect-inbound=false"]))
            #expect(try await network.peerReaches(8080) == "application")
            #expect(try await network.podReaches(.pod, 8080, uid: 5678) == "application")
            #expect(try await network.podReaches(.peer, 9000, uid: 1000) == "outbound")
        }
    }

    @Test(arguments: AddressFamily.allCases)
    func installingTwiceChangesNothingAndRemovalLeavesNothing(family: AddressFamily) async throws {
        try await PodNetwork.with(family) { network in
            try await network.restore("*nat\n:OTHER - [0:0]\n-A OUTPUT -p tcp -m tcp --dport 1 -j OTHER\nCOMMIT\n")
            let before = try await network.savedRules()
            let settings = try TransparentProxySettings(arguments: [
                "--redirect-dns=true", "--exclude-inbound-ports=1,2-3", "--exclude-outbound-ports-for-uids=1-5:7",
                "--exclude-outbound-ips=10.0.0.0/8,fd00::/8",
            ])
            try await network.install(settings)
            let once = try await network.savedRules()
            #expect(once.contains("-A OUTPUT -p udp -m udp --dport 53 -j KUMA_MESH_DNS"))
            try await network.install(settings)
            #expect(try await network.savedRules() == once)
            // Other settings leave nothing of the earlier ones.
            try await network.install(TransparentProxySettings())
            #expect(try await !network.savedRules().contains("KUMA_MESH_DNS"))
            try await network.install(settings)
            try await network.uninstall()
            #expect(try await network.savedRules() == before)
            try await network.uninstall()
            #expect(try await network.savedRules() == before)
        }
    }

    @Test func domainNamesAreAskedOfTheProxy() async throws {
        try await PodNetwork.with(.ipv4) { network in
            try await network.install(TransparentProxySettings(arguments: ["--redirect-dns=true"]))
            #expect(try await network.podAsks(53, uid: 1000) == "dns")
            #expect(try await network.podAsks(53, uid: 5678) == "peer")
            #expect(try await network.podAsks(54, uid: 1000) == "peer")
        }
    }
}

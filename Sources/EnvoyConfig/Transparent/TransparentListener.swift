import EnvoyAPI
import SwiftProtobuf

/// A port that traffic is redirected to. It hands connections over to the listener of the address that was meant, and keeps those that have none.
struct TransparentListener {
    enum Direction { case inbound, outbound }

    var direction: Direction
    var isIPv6: Bool
    var port: UInt16
    /// Whether connections that have no listener go where they were meant to go; otherwise they are closed.
    var passesThrough: Bool
    var origin: ResourceOrigin?

    var name: String {
        switch direction {
        case .inbound: ResourceName.inboundPassthrough(ipv6: isIPv6)
        case .outbound: ResourceName.outboundPassthrough(ipv6: isIPv6)
        }
    }

    /// The listener, and its cluster if it needs one.
    func encoded() throws(EnvoyConfigError) -> [EncodedResource] {
        let listener = try EncodedResource.encoding(.listener, name, origin: origin) {
            try Listener.with {
                $0.name = name
                $0.address = EnvoyAddress(isIPv6 ? "::" : "0.0.0.0", port)
                $0.useOriginalDst = true
                $0.trafficDirection = direction == .inbound ? .inbound : .outbound
                $0.filterChains =
                    passesThrough ? [try toItself(), FilterChain(try passing())] : [FilterChain(try closing())]
            }
        }
        return passesThrough ? [listener, try cluster()] : [listener]
    }

    /// Where there are NAT rules, what was meant for this very port would come back to it until Envoy has no more descriptors.
    private func toItself() throws -> FilterChain {
        var chain = FilterChain(try closing())
        chain.filterChainMatch.destinationPort = Google_Protobuf_UInt32Value(UInt32(port))
        return chain
    }

    private func closing() throws -> NetworkFilter {
        try NetworkFilter("envoy.filters.network.direct_response", DirectResponse())
    }

    private func passing() throws -> NetworkFilter {
        try NetworkFilter(
            "envoy.filters.network.tcp_proxy",
            TCPProxy.with {
                $0.statPrefix = name.replacingColons
                $0.cluster = name
            }
        )
    }

    private func cluster() throws(EnvoyConfigError) -> EncodedResource {
        try EncodedResource.encoding(.cluster, name, origin: origin) {
            Cluster.with {
                $0.name = name
                $0.altStatName = name.replacingColons
                $0.type = .originalDst
                $0.lbPolicy = .clusterProvided
                $0.setCommonOptions()
                // Traffic from this address is not redirected again.
                if direction == .inbound {
                    $0.upstreamBindConfig.sourceAddress.address = isIPv6 ? "::6" : "127.0.0.6"
                    $0.upstreamBindConfig.sourceAddress.portValue = 0
                }
            }
        }
    }
}

extension String {
    /// In statistics colons separate.
    fileprivate var replacingColons: String { split(separator: ":").joined(separator: "_") }
}

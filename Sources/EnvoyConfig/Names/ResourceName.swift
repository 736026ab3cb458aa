/// The names of resources, as users of Kuma know them from statistics and configuration dumps.
package enum ResourceName {
    /// Of an address that applications send to, also of its listener: `outbound:10.0.0.1:80`, `outbound:[fd00::1]:80`.
    package static func outboundListener(_ address: String, _ port: UInt16) -> String {
        "outbound:\(IPAddress.joined(address, port))"
    }

    /// The routes to a service: `outbound:web_shop_svc_80`.
    package static func outboundRoute(_ service: String) -> String { "outbound:\(service)" }

    package static func inboundListener(_ address: String, _ port: UInt16) -> String {
        "inbound:\(IPAddress.joined(address, port))"
    }

    /// The routes of an inbound stand in its listener, but have a name all the same: `inbound:web_shop_svc_80`.
    package static func inboundRoute(_ service: String) -> String { "inbound:\(service)" }

    /// The application itself: `localhost:8080`.
    package static func localCluster(_ port: UInt16) -> String { "localhost:\(port)" }

    /// Colons separate statistics, so there it is `localhost_8080`.
    package static func localStatistics(_ port: UInt16) -> String { "localhost_\(port)" }

    /// Of the listener that takes all that no other takes, and of its cluster.
    package static func outboundPassthrough(ipv6: Bool) -> String { "outbound:passthrough:\(ipv6 ? "ipv6" : "ipv4")" }

    package static func inboundPassthrough(ipv6: Bool) -> String { "inbound:passthrough:\(ipv6 ? "ipv6" : "ipv4")" }
}

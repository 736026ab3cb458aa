/// The rules of the kernel's NAT table that bring a pod's traffic to its sidecar, as input of `iptables-restore --noflush`.
///
/// Everything is in chains of our own, but for one jump into them from each of the kernel's chains; so that installing replaces what an
/// earlier installation left, installing twice changes nothing, and uninstalling leaves nothing. One call of `iptables-restore` is all or
/// nothing. Source of chains and order: Kuma 2.14.
package struct TransparentProxyRules: Hashable, Sendable {
    package let settings: TransparentProxySettings

    package init(_ settings: TransparentProxySettings) {
        self.settings = settings
    }

    /// Input of `iptables-restore --noflush` for IPv4, of `ip6tables-restore --noflush` for IPv6.
    ///
    /// - Parameter saved: what `iptables-save -t nat` prints now; empty for a pod that never had rules.
    package func installation(_ family: AddressFamily, over saved: String) -> String {
        let present = SavedRules(saved)
        let chains = chains(family)
        var lines = ["*nat"]
        // Naming a chain makes it, or empties it.
        lines += chains.map { ":\($0.name) - [0:0]" }
        var missing = jumps
        for jump in present.jumps {
            if let index = missing.firstIndex(of: jump) {
                missing.remove(at: index)
            } else {
                lines.append("-D \(jump)")
            }
        }
        lines += Self.removal(present.chains.filter { name in !chains.contains { $0.name == name } })
        for chain in chains { lines += chain.rules.map { "-A \(chain.name) \($0)" } }
        lines += missing.map { "-A \($0)" }
        return (lines + ["COMMIT", ""]).joined(separator: "\n")
    }

    /// Input of `iptables-restore --noflush`, or `ip6tables-restore`, that removes everything an installation made; empty when there is
    /// nothing.
    ///
    /// - Parameter saved: what `iptables-save -t nat` prints now.
    package static func removal(from saved: String) -> String {
        let present = SavedRules(saved)
        guard !present.chains.isEmpty || !present.jumps.isEmpty else { return "" }
        let lines = ["*nat"] + present.jumps.map { "-D \($0)" } + removal(present.chains) + ["COMMIT", ""]
        return lines.joined(separator: "\n")
    }

    /// A chain goes only when it is empty and nothing jumps to it.
    private static func removal(_ chains: [String]) -> [String] {
        chains.map { "-F \($0)" } + chains.map { "-X \($0)" }
    }

    private struct Chain {
        var name: String
        var rules: [String]
    }

    private static let inbound = "KUMA_MESH_INBOUND"
    private static let inboundRedirect = "KUMA_MESH_INBOUND_REDIRECT"
    private static let outbound = "KUMA_MESH_OUTBOUND"
    private static let outboundRedirect = "KUMA_MESH_OUTBOUND_REDIRECT"
    private static let dns = "KUMA_MESH_DNS"

    /// In the words of `iptables-save`, by which they are recognised.
    private var jumps: [String] {
        var jumps = ["OUTPUT -p tcp -j \(Self.outbound)"]
        if settings.redirectsInbound { jumps.insert("PREROUTING -p tcp -j \(Self.inbound)", at: 0) }
        if settings.dnsPort != nil { jumps.append("OUTPUT -p udp -m udp --dport 53 -j \(Self.dns)") }
        return jumps
    }

    private func chains(_ family: AddressFamily) -> [Chain] {
        var chains = [
            Chain(name: Self.outbound, rules: outboundRules(family)),
            Chain(name: Self.outboundRedirect, rules: ["-p tcp -j REDIRECT --to-ports \(settings.outboundPort)"]),
        ]
        if settings.redirectsInbound {
            chains += [
                Chain(name: Self.inbound, rules: inboundRules(family)),
                Chain(name: Self.inboundRedirect, rules: ["-p tcp -j REDIRECT --to-ports \(settings.inboundPort)"]),
            ]
        }
        if let port = settings.dnsPort {
            let rules = exclusions(family, .udp) + ["-m owner --uid-owner \(settings.uid) -j RETURN"]
            chains.append(Chain(name: Self.dns, rules: rules + ["-p udp -j REDIRECT --to-ports \(port)"]))
        }
        return chains
    }

    private func inboundRules(_ family: AddressFamily) -> [String] {
        settings.excludedInboundAddresses.filter { $0.family == family }.map { "-s \($0) -j RETURN" }
            + settings.excludedInboundPorts.map { "-p tcp -m tcp --dport \($0.match) -j RETURN" }
            + ["-p tcp -j \(Self.inboundRedirect)"]
    }

    private func outboundRules(_ family: AddressFamily) -> [String] {
        let proxy = "-m owner --uid-owner \(settings.uid)"
        let others = "-m owner ! --uid-owner \(settings.uid)"
        var rules = exclusions(family, .tcp)
        rules += settings.excludedOutboundPorts.map { "-p tcp -m tcp --dport \($0.match) -j RETURN" }
        // The proxy speaks to its own pod from this address: that has been through the inbound listener.
        rules.append("-s \(family.proxySource) -o lo -j RETURN")
        if settings.redirectsInbound {
            // The application called its own Service and the proxy chose this very pod: that is inbound traffic like any other.
            rules.append("! -d \(family.localhost) -o lo -p tcp \(proxy) -j \(Self.inboundRedirect)")
        }
        // The application speaks to itself.
        rules.append("-o lo -p tcp \(others) -j RETURN")
        rules.append("\(proxy) -j RETURN")
        rules.append("-d \(family.localhost) -j RETURN")
        if settings.dnsPort != nil { rules.append("-p tcp -m tcp --dport 53 -j RETURN") }
        rules.append("-j \(Self.outboundRedirect)")
        return rules
    }

    private func exclusions(_ family: AddressFamily, _ transport: UserPortExclusion.TransportProtocol) -> [String] {
        let users = settings.excludedOutboundPortsForUsers.filter { $0.protocols.contains(transport) }
        let name = transport.rawValue
        return users.flatMap { exclusion in
            exclusion.ports.map {
                "-p \(name) -m \(name) --dport \($0.match) -m owner --uid-owner \(exclusion.users) -j RETURN"
            }
        }
            + settings.excludedOutboundAddresses.filter { $0.family == family }.map { "-d \($0) -j RETURN" }
    }
}

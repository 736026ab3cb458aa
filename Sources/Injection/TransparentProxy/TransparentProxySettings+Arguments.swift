/// The settings as flags, named as those of `kumactl install transparent-proxy`.
///
/// The init container is given ``arguments`` and reads them by ``init(arguments:)``: the same type at both ends, so that they agree.
extension TransparentProxySettings {
    package var arguments: [String] {
        var flags: [String] = [
            flag(.outboundPort, "\(outboundPort)"),
            redirectsInbound ? flag(.inboundPort, "\(inboundPort)") : flag(.redirectInbound, "false"),
            flag(.uid, "\(uid)"),
            flag(.ipFamilyMode, ipFamilyMode.rawValue),
        ]
        if let dnsPort { flags += [flag(.redirectDNS, "true"), flag(.dnsPort, "\(dnsPort)")] }
        flags += list(.excludeInboundPorts, excludedInboundPorts)
        flags += list(.excludeOutboundPorts, excludedOutboundPorts)
        flags += list(.excludeInboundIPs, excludedInboundAddresses)
        flags += list(.excludeOutboundIPs, excludedOutboundAddresses)
        flags += list(.excludeOutboundPortsForUIDs, excludedOutboundPortsForUsers, separator: ";")
        return flags
    }

    /// Reads flags in the forms `--name=value` and `--name value`; what is not given keeps its default, and lists add up.
    ///
    /// - Throws: ``SettingProblem`` naming the flag that is unknown or has a bad value.
    package init(arguments: [String]) throws(SettingProblem) {
        self.init()
        var rest = arguments[...]
        var redirectsDNS = false
        var dnsPort = Self.defaultDNSPort
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].hasPrefix("--"), let name = Flag(rawValue: String(parts[0].dropFirst(2))) else {
                let known = Flag.allCases.map { "--\($0.rawValue)" }.joined(separator: ", ")
                throw SettingProblem("unknown argument \"\(argument)\": there are \(known)")
            }
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                throw SettingProblem("--\(name.rawValue): needs a value")
            }
            do throws(SettingProblem) {
                switch name {
                case .redirectDNS: redirectsDNS = try SettingValue.isEnabled(value)
                case .dnsPort: dnsPort = try SettingValue.port(value)
                default: try set(name, to: value)
                }
            } catch {
                throw SettingProblem("--\(name.rawValue): \(error.message)")
            }
        }
        if redirectsDNS { self.dnsPort = dnsPort }
    }

    private enum Flag: String, CaseIterable {
        case outboundPort = "redirect-outbound-port"
        case inboundPort = "redirect-inbound-port"
        case redirectInbound = "redirect-inbound"
        case uid = "kuma-dp-uid"
        case ipFamilyMode = "ip-family-mode"
        case redirectDNS = "redirect-dns"
        case dnsPort = "redirect-dns-port"
        case excludeInboundPorts = "exclude-inbound-ports"
        case excludeOutboundPorts = "exclude-outbound-ports"
        case excludeInboundIPs = "exclude-inbound-ips"
        case excludeOutboundIPs = "exclude-outbound-ips"
        case excludeOutboundPortsForUIDs = "exclude-outbound-ports-for-uids"
    }

    private mutating func set(_ flag: Flag, to value: String) throws(SettingProblem) {
        switch flag {
        case .outboundPort: outboundPort = try SettingValue.port(value)
        case .inboundPort: inboundPort = try SettingValue.port(value)
        case .redirectInbound: redirectsInbound = try SettingValue.isEnabled(value)
        case .uid:
            guard let uid = SettingValue.unsigned(value, as: UInt32.self), uid > 0 else {
                throw SettingProblem(value, use: "a user's number above 0")
            }
            self.uid = uid
        case .ipFamilyMode: ipFamilyMode = try IPFamilyMode(setting: value)
        case .excludeInboundPorts: excludedInboundPorts += try PortRange.list(value)
        case .excludeOutboundPorts: excludedOutboundPorts += try PortRange.list(value)
        case .excludeInboundIPs: excludedInboundAddresses += try AddressBlock.list(value)
        case .excludeOutboundIPs: excludedOutboundAddresses += try AddressBlock.list(value)
        case .excludeOutboundPortsForUIDs: excludedOutboundPortsForUsers += try UserPortExclusion.list(value)
        case .redirectDNS, .dnsPort: break
        }
    }

    private func flag(_ flag: Flag, _ value: String) -> String { "--\(flag.rawValue)=\(value)" }

    private func list(
        _ name: Flag,
        _ values: [some CustomStringConvertible],
        separator: String = ","
    ) -> [String] {
        values.isEmpty ? [] : [flag(name, values.map(\.description).joined(separator: separator))]
    }
}

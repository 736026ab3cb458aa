/// Outbound ports that are not redirected for some users: `[protocol:][ports:]uids`.
///
/// Source of the grammar: `--exclude-outbound-ports-for-uids` of Kuma 2.14, such as `tcp:80,3000-5000:106-108`, `53:1001` or `0`.
package struct UserPortExclusion: Hashable, Sendable, CustomStringConvertible {
    package enum TransportProtocol: String, Hashable, Sendable, CaseIterable {
        case tcp, udp
    }

    package let protocols: [TransportProtocol]
    package let ports: [PortRange]
    package let firstUID: UInt32
    package let lastUID: UInt32

    init(setting text: some StringProtocol) throws(SettingProblem) {
        let right = "[protocol:][ports:]uids, such as tcp:80,3000-5000:106-108"
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { throw SettingProblem(text, use: right) }
        protocols = try Self.protocols(parts.count == 3 ? parts[0] : "*")
        let ports = parts.count > 1 ? parts[parts.count - 2] : "*"
        self.ports = ports == "*" || ports.isEmpty ? [.all] : try PortRange.list(String(ports))
        let ends = parts[parts.count - 1].split(separator: "-", omittingEmptySubsequences: false)
        let uids = ends.compactMap { SettingValue.unsigned($0, as: UInt32.self) }
        guard (1...2).contains(ends.count), uids.count == ends.count, uids[0] <= uids[uids.count - 1] else {
            throw SettingProblem(text, use: right)
        }
        firstUID = uids[0]
        lastUID = uids[uids.count - 1]
    }

    package var description: String {
        let protocols = protocols.map(\.rawValue).joined(separator: ",")
        return "\(protocols):\(ports.map(\.description).joined(separator: ",")):\(users)"
    }

    /// As iptables prints it: `106`, `106-108`.
    var users: String { firstUID == lastUID ? "\(firstUID)" : "\(firstUID)-\(lastUID)" }

    /// Entries are separated by semicolons.
    static func list(_ text: String) throws(SettingProblem) -> [UserPortExclusion] {
        var exclusions: [UserPortExclusion] = []
        var rules = 0
        for part in try SettingValue.list(text, separator: ";") {
            let exclusion = try UserPortExclusion(setting: part)
            rules += exclusion.ports.count
            guard rules <= InjectionLimits.exclusions else {
                throw SettingProblem("has more than the \(InjectionLimits.exclusions) lists of ports allowed")
            }
            exclusions.append(exclusion)
        }
        return exclusions
    }

    private static func protocols(_ text: some StringProtocol) throws(SettingProblem) -> [TransportProtocol] {
        if text == "*" || text.isEmpty { return TransportProtocol.allCases }
        var protocols: [TransportProtocol] = []
        for part in try SettingValue.list(text, limit: 16) {
            guard let found = TransportProtocol(rawValue: part) else {
                throw SettingProblem(part, use: "tcp, udp or *")
            }
            if !protocols.contains(found) { protocols.append(found) }
        }
        return protocols
    }
}

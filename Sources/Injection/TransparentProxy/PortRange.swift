/// A port, or all ports between two, both included.
package struct PortRange: Hashable, Sendable, CustomStringConvertible {
    package let first: UInt16
    package let last: UInt16

    package init(_ port: UInt16) {
        first = port
        last = port
    }

    /// `8080` or `8000-8010`.
    init(setting text: some StringProtocol) throws(SettingProblem) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        let ports = ends.compactMap { SettingValue.unsigned($0, as: UInt16.self) }
        guard (1...2).contains(ends.count), ports.count == ends.count, ports[0] > 0, ports[0] <= ports[ports.count - 1]
        else { throw SettingProblem(text, use: "a port between 1 and 65535, or a range such as 8000-8010") }
        first = ports[0]
        last = ports[ports.count - 1]
    }

    static let all = PortRange(first: 1, last: .max)

    private init(first: UInt16, last: UInt16) {
        self.first = first
        self.last = last
    }

    package func contains(_ port: UInt16) -> Bool { (first...last).contains(port) }

    /// As in settings: `8080`, `8000-8010`.
    package var description: String { first == last ? "\(first)" : "\(first)-\(last)" }

    /// As iptables prints it: `8080`, `8000:8010`.
    var match: String { first == last ? "\(first)" : "\(first):\(last)" }

    static func list(_ text: String) throws(SettingProblem) -> [PortRange] {
        var ranges: [PortRange] = []
        for part in try SettingValue.list(text) { ranges.append(try PortRange(setting: part)) }
        return ranges
    }
}

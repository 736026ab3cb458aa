/// What of a pod's NAT table is ours, read from the output of `iptables-save -t nat`.
///
/// Our chains are told by their prefix, our rules in the kernel's own chains by the chain that they jump to.
struct SavedRules: Hashable, Sendable {
    static let chainPrefix = "KUMA_MESH_"

    /// In the order saved.
    private(set) var chains: [String] = []
    /// `PREROUTING -p tcp -j KUMA_MESH_INBOUND`, in the order saved.
    private(set) var jumps: [String] = []

    init(_ text: String) {
        var table = "*nat"
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("*") { table = String(line) }
            guard table == "*nat" else { continue }
            if line.hasPrefix(":"), let name = line.dropFirst().split(separator: " ").first, isOurs(name) {
                chains.append(String(name))
            } else if line.hasPrefix("-A ") {
                let words = line.split(separator: " ")
                guard words.count > 2, !isOurs(words[1]), let jump = words.firstIndex(of: "-j"),
                    jump + 1 < words.endIndex, isOurs(words[jump + 1])
                else { continue }
                jumps.append(String(line.dropFirst(3)))
            }
        }
    }

    private func isOurs(_ chain: Substring) -> Bool { chain.hasPrefix(Self.chainPrefix) }
}

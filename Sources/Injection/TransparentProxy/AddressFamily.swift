/// A family of addresses, each with rules of its own in the kernel.
package enum AddressFamily: String, Hashable, Sendable, CaseIterable {
    case ipv4, ipv6

    /// The length of an address.
    var bits: Int { self == .ipv4 ? 32 : 128 }

    /// The loopback address itself, as one block.
    var localhost: String { self == .ipv4 ? "127.0.0.1/32" : "::1/128" }

    /// The address from which the proxy speaks to its own pod, so that this traffic is not taken for the application's.
    var proxySource: String { self == .ipv4 ? "127.0.0.6/32" : "::6/128" }
}

/// `kuma.io/transparent-proxying-ip-family-mode`.
package enum IPFamilyMode: String, Hashable, Sendable, CaseIterable {
    case dualstack
    case ipv4

    package var families: [AddressFamily] { self == .ipv4 ? [.ipv4] : [.ipv4, .ipv6] }

    init(setting text: String) throws(SettingProblem) {
        guard let mode = IPFamilyMode(rawValue: text) else { throw SettingProblem(text, use: "dualstack or ipv4") }
        self = mode
    }
}

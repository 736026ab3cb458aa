import Glibc

/// An address, or a block of them in CIDR form.
package struct AddressBlock: Hashable, Sendable, CustomStringConvertible {
    package let family: AddressFamily
    /// In network order; the bits behind the prefix are zero.
    private let bytes: [UInt8]
    package let prefixLength: Int

    /// `nil` when the text is neither `10.0.0.1`, `10.0.0.0/8`, `fd00::1` nor `fd00::/8`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let address = String(parts[0])
        // inet_pton reads up to the first NUL, which would let anything follow.
        guard address.utf8.count < 64, !address.utf8.contains(0) else { return nil }
        let family: AddressFamily = address.contains(":") ? .ipv6 : .ipv4
        var bytes = [UInt8](repeating: 0, count: family.bits / 8)
        guard inet_pton(family == .ipv4 ? AF_INET : AF_INET6, address, &bytes) == 1 else { return nil }
        var length = family.bits
        if parts.count == 2 {
            guard let given = SettingValue.unsigned(parts[1], as: Int.self), given <= family.bits else { return nil }
            length = given
        }
        for index in bytes.indices {
            let kept = min(max(length - index * 8, 0), 8)
            bytes[index] &= kept == 0 ? 0 : UInt8.max << UInt8(8 - kept)
        }
        self.family = family
        self.bytes = bytes
        prefixLength = length
    }

    /// With the length always, as iptables prints it: `10.0.0.1/32`.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(family == .ipv4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(address)/\(prefixLength)"
    }

    static func list(_ text: String) throws(SettingProblem) -> [AddressBlock] {
        var blocks: [AddressBlock] = []
        for part in try SettingValue.list(text) {
            guard let block = AddressBlock(part) else {
                throw SettingProblem(part, use: "an IP address or a block in CIDR form, such as 10.0.0.0/8 or fd00::/8")
            }
            blocks.append(block)
        }
        return blocks
    }
}

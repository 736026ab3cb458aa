import Glibc

/// An address of IPv4 or IPv6. One of IPv4 within IPv6 is the former.
struct IPAddress: Hashable, Sendable {
    /// 4 or 16, the most significant first.
    let bytes: [UInt8]

    /// Reads an address without brackets; `nil` for anything else, also for one with a zone.
    init?(_ text: String) {
        var short = in_addr()
        if inet_pton(AF_INET, text, &short) == 1 {
            bytes = withUnsafeBytes(of: short) { Array($0) }
            return
        }
        var long = in6_addr()
        guard inet_pton(AF_INET6, text, &long) == 1 else { return nil }
        let all = withUnsafeBytes(of: long) { Array($0) }
        let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
        bytes = isMapped ? Array(all[12...]) : all
    }

    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Whether its first bits are those of a network's address.
    func isIn(_ network: IPAddress, bits: Int) -> Bool {
        guard bytes.count == network.bytes.count else { return false }
        return zip(bytes, network.bytes).enumerated().allSatisfy { index, pair in
            let counting = min(8, max(0, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> counting)
            return pair.0 & mask == pair.1 & mask
        }
    }
}

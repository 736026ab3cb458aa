import FoundationEssentials
import XDS

/// The proxies that are connected to a replica, small enough for a ConfigMap: four bytes each.
///
/// Two of 4,000 proxies have the same digest once in 500 meshes; one of them could then be missing unnoticed.
enum ConnectedProxies {
    /// FNV-1a of the node id.
    static func digest(_ proxy: ProxyID) -> UInt32 {
        proxy.description.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    static func text(_ digests: Set<UInt32>) -> String {
        let bytes = digests.sorted().flatMap { digest in
            (0..<4).map { UInt8(truncatingIfNeeded: digest >> (UInt32($0) * 8)) }
        }
        return Data(bytes).base64EncodedString()
    }

    /// `nil` for a text that is none.
    static func digests(_ text: String) -> Set<UInt32>? {
        guard let data = Data(base64Encoded: text), data.count.isMultiple(of: 4) else { return nil }
        let bytes = Array(data)
        return Set(
            stride(from: 0, to: bytes.count, by: 4).map { start in
                (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (UInt32($1) * 8) }
            }
        )
    }
}

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
        var bytes: [UInt8] = []
        for digest in digests.sorted() { withUnsafeBytes(of: digest.littleEndian) { bytes += $0 } }
        return Data(bytes).base64EncodedString()
    }

    /// `nil` for a text that is none.
    static func digests(_ text: String) -> Set<UInt32>? {
        guard let data = Data(base64Encoded: text), data.count.isMultiple(of: 4) else { return nil }
        var rest = Array(data)[...]
        var digests: Set<UInt32> = []
        while !rest.isEmpty {
            var digest: UInt32 = 0
            for byte in rest.prefix(4).reversed() { digest = digest << 8 | UInt32(byte) }
            digests.insert(digest)
            rest = rest.dropFirst(4)
        }
        return digests
    }
}

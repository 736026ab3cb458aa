/// What has to be known of an IP address in text.
enum IPAddress {
    static func isIPv6(_ address: String) -> Bool { address.utf8.contains(UInt8(ascii: ":")) }

    /// `10.0.0.1:80`, `[fd00::1]:80`.
    static func joined(_ address: String, _ port: UInt16) -> String {
        isIPv6(address) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}

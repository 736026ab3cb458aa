import Glibc

/// An address as certificates have it.
enum IPAddressBytes {
    /// 4 or 16 bytes in network order; `nil` when the text is no address.
    static func of(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes[..<4]) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}

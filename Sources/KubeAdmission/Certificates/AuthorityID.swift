import Crypto

/// Tells certificates apart: the SHA-256 of their bytes, in hexadecimal.
package struct AuthorityID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    /// For tests and for what was written before.
    package init(_ text: String) { description = text }

    init(der: some Sequence<UInt8>) {
        description = SHA256.hash(data: Array(der)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
        }.joined()
    }

    package static func < (left: AuthorityID, right: AuthorityID) -> Bool { left.description < right.description }
}

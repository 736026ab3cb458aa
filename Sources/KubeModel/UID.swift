/// The identity of one object over its life; a recreated object of the same name has another.
///
/// API servers give UUIDs, which are kept in 16 bytes; any other text is kept as it is.
package struct UID: Hashable, Sendable, CustomStringConvertible {
    private enum Storage: Hashable, Sendable {
        case uuid(high: UInt64, low: UInt64)
        case text(String)
    }

    private let storage: Storage

    package init(_ text: String) {
        storage = Self.uuid(text) ?? .text(text)
    }

    package var description: String {
        switch storage {
        case .text(let text): return text
        case .uuid(let high, let low):
            return String(unsafeUninitializedCapacity: Self.length) { text in
                var digit = 0
                for offset in 0..<Self.length {
                    if Self.isHyphen(offset) {
                        text[offset] = UInt8(ascii: "-")
                        continue
                    }
                    let half = digit < 16 ? high : low
                    let nibble = UInt8(truncatingIfNeeded: half >> UInt64(60 - digit % 16 * 4)) & 0xF
                    text[offset] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
                    digit += 1
                }
                return Self.length
            }
        }
    }

    /// Of a UUID's text.
    private static let length = 36

    private static func isHyphen(_ offset: Int) -> Bool { offset == 8 || offset == 13 || offset == 18 || offset == 23 }

    /// Only the canonical form (lower case, 8-4-4-4-12), so that ``description`` gives back the same text.
    private static func uuid(_ text: String) -> Storage? {
        var text = text
        return text.withUTF8 { uuid($0) }
    }

    private static func uuid(_ text: UnsafeBufferPointer<UInt8>) -> Storage? {
        guard text.count == length else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for offset in 0..<length {
            let byte = text[offset]
            if isHyphen(offset) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt64
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
            if digits < 16 { halves.0 = halves.0 << 4 | digit } else { halves.1 = halves.1 << 4 | digit }
            digits += 1
        }
        return .uuid(high: halves.0, low: halves.1)
    }
}

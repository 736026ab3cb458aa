/// Where a string ends.
///
/// Most of the bytes of a Kubernetes list are in strings, so this looks at eight at a time.
struct JSONString {
    /// Offset of the closing quote.
    let closingQuote: Int
    let hasEscapes: Bool

    /// Finds the end of the string that begins with the quote at `opening`; `nil` when it does not end before `limit`, or holds a control
    /// character.
    ///
    /// - Precondition: `limit` is at most the count of `bytes`.
    @inline(__always)
    init?(after opening: Int, in bytes: UnsafeBufferPointer<UInt8>, limit: Int) {
        precondition(limit <= bytes.count)
        var cursor = opening + 1
        var hasEscapes = false
        while cursor < limit {
            if limit - cursor >= 8 {
                let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: cursor, as: UInt64.self)
                let special = Self.special(in: UInt64(littleEndian: word))
                guard special != 0 else {
                    cursor += 8
                    continue
                }
                // The lowest mark is exact; those above it need not be.
                cursor += special.trailingZeroBitCount / 8
            }
            switch bytes[cursor] {
            case UInt8(ascii: "\""):
                closingQuote = cursor
                self.hasEscapes = hasEscapes
                return
            case UInt8(ascii: "\\"):
                hasEscapes = true
                cursor += 2
            case 0..<0x20: return nil
            default: cursor += 1
            }
        }
        return nil
    }

    static func error(_ opening: Int) -> JSONError {
        JSONError(.syntax, "a string does not end, or holds a control character", offset: opening)
    }

    /// Marks (by their highest bits) the bytes of a word that are a quote, a backslash or a control character.
    private static func special(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }
        let quotes = zeros(word ^ (ones &* UInt64(UInt8(ascii: "\""))))
        let backslashes = zeros(word ^ (ones &* UInt64(UInt8(ascii: "\\"))))
        let controls = (word &- ones &* 0x20) & ~word & highs
        return quotes | backslashes | controls
    }
}

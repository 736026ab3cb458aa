/// Foreign text as it may be put into a line of the log.
///
/// What a name, a message of the API server or an error holds is chosen by others: none of it may end a line, begin another field, move a
/// terminal's cursor, or turn the reading direction.
enum LogText {
    /// The most bytes of one value; what is more is cut, and told.
    static let limit = 8 << 10

    /// The text, cut to ``limit``.
    static func bounded(_ text: String) -> String {
        let count = text.utf8.count
        guard count > limit else { return text }
        // Not within a character.
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return "\(text[..<end])… (\(count - text.utf8.distance(from: text.startIndex, to: end)) bytes more)"
    }

    /// Whether a character does something instead of being shown.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
        default: return false
        }
    }

    /// The escape of a character: `\n`, `\u001b`, `\U000e0001`.
    static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: scalar.value > 0xFFFF ? "\\U" + hex(scalar.value, width: 8) : "\\u" + hex(scalar.value, width: 4)
        }
    }

    /// The escape of one half of a pair of UTF-16.
    static func escape(_ unit: UInt16) -> String { "\\u" + hex(UInt32(unit), width: 4) }

    private static func hex(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

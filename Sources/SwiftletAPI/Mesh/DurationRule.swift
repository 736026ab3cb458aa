/// The two ways in which Kuma's objects write durations.
enum DurationRule {
    /// Whole years, weeks, days, hours, minutes, seconds and milliseconds in this order, such as `10y` or `1d12h`. Source: Kuma's `ParseDuration`.
    static func isKumaDuration(_ text: String) -> Bool {
        var units = ["y", "w", "d", "h", "m", "s", "ms"][...]
        var rest = text[...]
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            let digits = rest.prefix(while: isDigit)
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { !isDigit($0) }
            rest = rest[unit.endIndex...]
            guard !digits.isEmpty, let index = units.firstIndex(of: String(unit)) else { return false }
            units = units[units.index(after: index)...]
        }
        return true
    }

    /// Seconds with up to nine decimals, such as `10s` or `0.5s`. Source: the JSON form of `google.protobuf.Duration`.
    static func isProtobufDuration(_ text: String) -> Bool {
        guard text.hasSuffix("s") else { return false }
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.count <= 12, whole.allSatisfy(isDigit) else {
            return false
        }
        guard parts.count == 2 else { return true }
        return (1...9).contains(parts[1].count) && parts[1].allSatisfy(isDigit)
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}

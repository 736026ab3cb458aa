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

    /// Why a text is no `google.protobuf.Duration`, which jsonpb reads with Go's `time.ParseDuration`; `nil` when it is one.
    static func problem(withDuration text: String) -> String? {
        do {
            _ = try GoDuration(parsing: text)
            return nil
        } catch {
            return "\(error): write such as 10s, 1m30s or 500ms"
        }
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}

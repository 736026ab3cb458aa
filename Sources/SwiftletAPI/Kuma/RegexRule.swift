/// What can be told of a regular expression in RE2 syntax without RE2. Envoy has the last word.
enum RegexRule {
    /// What is wrong with a pattern; `nil` when nothing obvious is.
    static func problem(with pattern: String) -> String? {
        if pattern.isEmpty { return "cannot be empty" }
        var depth = 0
        var index = pattern.startIndex
        /// The character after `index`, which moves on to it.
        func next() -> Character? {
            index = pattern.index(after: index)
            return index < pattern.endIndex ? pattern[index] : nil
        }
        while index < pattern.endIndex {
            switch pattern[index] {
            case "\\":
                guard let escaped = next() else { return "ends with a lone backslash" }
                if ("1"..."9").contains(escaped) { return "RE2 knows no back references such as \\\(escaped)" }
            case "[":
                guard skipClass(pattern, from: &index) else { return "has a [ without its ]" }
            case "(":
                depth += 1
                let rest = pattern[pattern.index(after: index)...]
                if let look = ["?=", "?!", "?<=", "?<!"].first(where: rest.hasPrefix) {
                    return "RE2 knows no look-around such as (\(look)"
                }
            case ")":
                depth -= 1
                if depth < 0 { return "has a ) without its (" }
            default: break
            }
            index = pattern.index(after: index)
        }
        return depth == 0 ? nil : "has a ( without its )"
    }

    /// Moves `index` from a `[` to its `]`; `false` when there is none. A `]` that comes first stands for itself.
    private static func skipClass(_ pattern: String, from index: inout String.Index) -> Bool {
        var position = pattern.index(after: index)
        if position < pattern.endIndex, pattern[position] == "^" { position = pattern.index(after: position) }
        if position < pattern.endIndex, pattern[position] == "]" { position = pattern.index(after: position) }
        while position < pattern.endIndex {
            if pattern[position] == "]" {
                index = position
                return true
            }
            if pattern[position...].hasPrefix("[:"), let end = pattern[position...].firstRange(of: ":]") {
                position = end.upperBound
                continue
            }
            if pattern[position] == "\\" {
                position = pattern.index(after: position)
                guard position < pattern.endIndex else { return false }
            }
            position = pattern.index(after: position)
        }
        return false
    }
}

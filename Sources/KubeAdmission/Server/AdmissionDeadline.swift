/// How long the API server waits for an answer, as its `timeout` query has it: `/mutate?timeout=10s`.
enum AdmissionDeadline {
    /// What servers wait when nothing is configured, and the most that can be.
    static let standard = Duration.seconds(10)
    static let longest = Duration.seconds(30)

    /// The time that a handler has: a little less than the server waits, so that the server hears why there is no answer.
    ///
    /// - Parameter query: of the target, without the `?`. What cannot be read counts as ``standard``.
    static func limit(query: Substring) -> Duration {
        var limit = standard
        for pair in query.split(separator: "&") where pair.hasPrefix("timeout=") {
            if let duration = duration(pair.dropFirst("timeout=".count)), duration > .zero { limit = duration }
        }
        limit = min(limit, longest)
        return limit - min(limit / 10, .milliseconds(500))
    }

    /// A duration in Go's notation: `10s`, `1m30s`, `1.5s`, `500ms`; `nil` when it is none, or longer than a year.
    static func duration(_ text: Substring) -> Duration? {
        guard !text.isEmpty, text.utf8.count <= 32 else { return nil }
        var seconds = 0.0
        var rest = text
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = Double(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0 != "." && !$0.isNumber }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "h": seconds += number * 3600
            case "m": seconds += number * 60
            case "s": seconds += number
            case "ms": seconds += number / 1e3
            case "us", "µs", "μs": seconds += number / 1e6
            case "ns": seconds += number / 1e9
            default: return nil
            }
        }
        return seconds <= 31_536_000 ? .seconds(seconds) : nil
    }
}

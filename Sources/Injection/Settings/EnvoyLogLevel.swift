/// Envoy's levels of logging, and which component has which.
enum EnvoyLogLevel {
    static let levels = ["trace", "debug", "info", "warning", "error", "critical", "off"]

    /// Envoy's word for a level; `warn` is `warning`.
    static func level(_ text: String) throws(SettingProblem) -> String {
        guard let level = known(text) else {
            throw SettingProblem(text, use: "one of \(levels.joined(separator: ", "))")
        }
        return level
    }

    private static func known(_ text: String) -> String? {
        text == "warn" ? "warning" : levels.contains(text) ? text : nil
    }

    /// `upstream:debug,connection:trace`. Envoy does not start when a component is unknown, so that their form is checked at least.
    static func componentLevels(_ text: String) throws(SettingProblem) -> String {
        var parts: [String] = []
        for part in try SettingValue.list(text, limit: InjectionLimits.logComponents) {
            let pair = part.split(separator: ":", omittingEmptySubsequences: false)
            guard pair.count == 2, let level = known(String(pair[1])), !pair[0].isEmpty,
                pair[0].utf8.allSatisfy({
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                })
            else {
                throw SettingProblem(
                    part,
                    use: "component:level, such as upstream:debug, with the levels \(levels.joined(separator: ", "))"
                )
            }
            parts.append("\(pair[0]):\(level)")
        }
        guard !parts.isEmpty else { throw SettingProblem(text, use: "component:level, such as upstream:debug") }
        return parts.joined(separator: ",")
    }
}

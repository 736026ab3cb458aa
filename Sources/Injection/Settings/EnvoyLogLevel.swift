/// Envoy's levels of logging, and which component has which.
enum EnvoyLogLevel {
    static let levels = ["trace", "debug", "info", "warning", "error", "critical", "off"]

    static func level(_ text: String) throws(SettingProblem) -> String {
        guard levels.contains(text) else {
            throw SettingProblem(text, use: "one of \(levels.joined(separator: ", "))")
        }
        return text
    }

    /// `upstream:debug,connection:trace`. Envoy does not start when a component is unknown, so that their form is checked at least.
    static func componentLevels(_ text: String) throws(SettingProblem) -> String {
        let parts = SettingValue.list(text)
        for part in parts {
            let pair = part.split(separator: ":", omittingEmptySubsequences: false)
            guard pair.count == 2, levels.contains(String(pair[1])), !pair[0].isEmpty,
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
        }
        guard !parts.isEmpty else { throw SettingProblem(text, use: "component:level, such as upstream:debug") }
        return parts.joined(separator: ",")
    }
}

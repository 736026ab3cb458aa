/// The forms that values of labels and annotations have.
enum SettingValue {
    static func isEnabled(_ text: String) throws(SettingProblem) -> Bool {
        switch text {
        case "enabled", "true", "yes": return true
        case "disabled", "false", "no": return false
        default: throw SettingProblem(text, use: "enabled, true or yes, or else disabled, false or no")
        }
    }

    /// The parts between commas without the space around them; empty ones are left out.
    static func list(_ text: String, separator: Character = ",") -> [String] {
        text.split(separator: separator).map(trimmed).filter { !$0.isEmpty }
    }

    static func port(_ text: String) throws(SettingProblem) -> UInt16 {
        guard let port = unsigned(text, as: UInt16.self), port > 0 else {
            throw SettingProblem(text, use: "a port between 1 and 65535")
        }
        return port
    }

    /// `nil` for 0, which turns the feature off.
    static func portOrOff(_ text: String) throws(SettingProblem) -> UInt16? {
        guard let port = unsigned(text, as: UInt16.self) else {
            throw SettingProblem(text, use: "a port between 1 and 65535, or 0 to turn it off")
        }
        return port == 0 ? nil : port
    }

    /// Digits only, no sign.
    static func unsigned<Number: FixedWidthInteger>(_ text: some StringProtocol, as type: Number.Type) -> Number? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Number(text)
    }

    static func concurrency(_ text: String) throws(SettingProblem) -> Int {
        guard let count = unsigned(text, as: Int.self), (1...1024).contains(count) else {
            throw SettingProblem(text, use: "a number of threads between 1 and 1024")
        }
        return count
    }

    /// Whole seconds of a Go duration such as `30s`, `1m30s` or `1h`.
    static func seconds(_ text: String) throws(SettingProblem) -> Int {
        let problem = SettingProblem(text, use: "a duration in whole seconds up to one day, such as 30s or 1m30s")
        if text == "0" { return 0 }
        var rest = text[...]
        var milliseconds = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest.removeFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest.removeFirst(unit.count)
            let factors = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000]
            guard digits.count <= 9, let amount = unsigned(digits, as: Int.self), let factor = factors[String(unit)]
            else { throw problem }
            milliseconds += amount * factor
        }
        guard !text.isEmpty, milliseconds.isMultiple(of: 1000), milliseconds <= 86_400_000 else { throw problem }
        return milliseconds / 1000
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

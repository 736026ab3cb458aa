import SwiftletAPI

/// The forms that values of labels and annotations have.
enum SettingValue {
    static func isEnabled(_ text: String) throws(SettingProblem) -> Bool {
        switch text {
        case "enabled", "true", "yes": return true
        case "disabled", "false", "no": return false
        default: throw SettingProblem(text, use: "enabled, true or yes, or else disabled, false or no")
        }
    }

    /// The parts between separators without the space around them; empty ones are left out.
    ///
    /// - Parameters:
    ///   - separator: of one byte.
    ///   - limit: how many parts there may be. Those above it are not looked at.
    static func list(
        _ text: some StringProtocol,
        separator: Unicode.Scalar = ",",
        limit: Int = InjectionLimits.exclusions
    ) throws(SettingProblem) -> [String] {
        var parts: [String] = []
        let found = Substring(text).utf8.split(separator: UInt8(ascii: separator), maxSplits: limit)
        for (index, part) in found.enumerated() {
            InjectionWork.observer?()
            guard index < limit else {
                // All that is behind the last separator that was looked at.
                let rest = part.drop { $0 == UInt8(ascii: separator) || isSpace($0) }
                if !rest.isEmpty { throw SettingProblem("has more than the \(limit) entries allowed") }
                break
            }
            let trimmed = trimmed(part)
            if !trimmed.isEmpty { parts.append(String(decoding: trimmed, as: UTF8.self)) }
        }
        return parts
    }

    static func port(_ text: String) throws(SettingProblem) -> UInt16 {
        guard let port = unsigned(text, as: UInt16.self), port > 0 else {
            throw SettingProblem(text, use: "a port between 1 and 65535")
        }
        return port
    }

    /// `nil` for 0, which stands for the default.
    static func portOrDefault(_ text: String) throws(SettingProblem) -> UInt16? {
        guard let port = unsigned(text, as: UInt16.self) else {
            throw SettingProblem(text, use: "a port between 1 and 65535, or 0 for the default")
        }
        return port == 0 ? nil : port
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

    /// 0 for a thread per CPU that Envoy sees.
    static func concurrency(_ text: String) throws(SettingProblem) -> Int {
        guard let count = unsigned(text, as: Int.self), (0...1024).contains(count) else {
            throw SettingProblem(text, use: "a number of threads up to 1024, or 0 for as many as Envoy sees CPUs")
        }
        return count
    }

    /// The whole seconds of a duration in Go's notation, such as `30s`, `1m30s`, `1.5m` or `1h`.
    static func seconds(_ text: String) throws(SettingProblem) -> Int {
        let right = "a duration such as 30s, 1m30s or 1.5h"
        let duration: GoDuration
        do {
            duration = try GoDuration(parsing: text)
        } catch {
            throw SettingProblem(text, use: right)
        }
        // What Envoy reads has 32 bits.
        guard duration >= .zero, duration.wholeSeconds <= UInt32.max else {
            throw SettingProblem(text, use: "\(right), from 0s up to \(UInt32.max)s")
        }
        return Int(duration.wholeSeconds)
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }
}

/// A length of time as Go's `time.ParseDuration` reads it: `30s`, `1m30s`, `1.5h`, `500ms`, `-2us`.
///
/// Kuma parses the durations of its objects and annotations with that function, so that whatever it takes is taken here, with the same value.
/// Source of the rules: package `time` of Go 1.24.
package struct GoDuration: Hashable, Sendable, Comparable {
    /// What is wrong with a text that is no duration, in Go's words.
    package struct ParsingError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// May be negative. Spans about 292 years in each direction.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package init(seconds: Int64) { nanoseconds = seconds * 1_000_000_000 }

    package static let zero = GoDuration(nanoseconds: 0)

    /// Takes time in proportion to the text.
    ///
    /// - Throws: ``ParsingError`` with the message that Go gives, such as `time: missing unit in duration "30"`.
    package init(parsing text: some StringProtocol) throws(ParsingError) {
        let bytes = Array(text.utf8)
        var rest = bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest == [UInt8(ascii: "0")] {
            nanoseconds = 0
            return
        }
        guard !rest.isEmpty else { throw Self.invalid(text) }
        var total: UInt64 = 0
        while !rest.isEmpty {
            let (sum, overflow) = total.addingReportingOverflow(try Self.component(&rest, of: text))
            guard !overflow, sum <= Self.limit else { throw Self.invalid(text) }
            total = sum
        }
        if isNegative {
            // The least number has no positive counterpart.
            nanoseconds = total == Self.limit ? .min : -Int64(total)
        } else {
            guard total < Self.limit else { throw Self.invalid(text) }
            nanoseconds = Int64(total)
        }
    }

    package static func < (left: GoDuration, right: GoDuration) -> Bool { left.nanoseconds < right.nanoseconds }

    /// In whole seconds, what is left of one cut off, as Go divides.
    package var wholeSeconds: Int64 { nanoseconds / 1_000_000_000 }

    /// 2^63: one more than the greatest number of nanoseconds.
    private static let limit: UInt64 = 1 << 63

    /// One number with its unit, in nanoseconds.
    private static func component(
        _ rest: inout ArraySlice<UInt8>,
        of text: some StringProtocol
    ) throws(ParsingError) -> UInt64 {
        let start = rest.startIndex
        var whole: UInt64 = 0
        while let digit = digit(rest.first) {
            guard whole <= limit / 10 else { throw invalid(text) }
            whole = whole * 10 + digit
            guard whole <= limit else { throw invalid(text) }
            rest.removeFirst()
        }
        var hasDigits = rest.startIndex > start
        var fraction: UInt64 = 0
        var scale = 1.0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            let start = rest.startIndex
            (fraction, scale) = Self.fraction(&rest)
            hasDigits = hasDigits || rest.startIndex > start
        }
        guard hasDigits else { throw invalid(text) }
        let name = rest.prefix { $0 != UInt8(ascii: ".") && digit($0) == nil }
        guard !name.isEmpty else { throw ParsingError(description: "time: missing unit in duration \(quoted(text))") }
        rest.removeFirst(name.count)
        let unitName = String(decoding: name, as: UTF8.self)
        guard let unit = units[unitName] else {
            throw ParsingError(description: "time: unknown unit \(quoted(unitName)) in duration \(quoted(text))")
        }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow, product <= limit else { throw invalid(text) }
        guard fraction > 0 else { return product }
        // Not exact for units above a second, as in Go.
        let sum = product + UInt64(Double(fraction) * (Double(unit) / scale))
        guard sum <= limit else { throw invalid(text) }
        return sum
    }

    /// Digits that no longer fit are passed over.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> (UInt64, Double) {
        var value: UInt64 = 0
        var scale = 1.0
        var isFull = false
        while let digit = digit(rest.first) {
            rest.removeFirst()
            if isFull { continue }
            guard value <= (limit - 1) / 10, value * 10 + digit <= limit else {
                isFull = true
                continue
            }
            value = value * 10 + digit
            scale *= 10
        }
        return (value, scale)
    }

    private static let units: [String: UInt64] = [
        "ns": 1,
        // The signs for micro and for the letter mu.
        "us": 1000, "\u{B5}s": 1000, "\u{3BC}s": 1000,
        "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]

    private static func digit(_ byte: UInt8?) -> UInt64? {
        guard let byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        return UInt64(byte - UInt8(ascii: "0"))
    }

    private static func invalid(_ text: some StringProtocol) -> ParsingError {
        ParsingError(description: "time: invalid duration \(quoted(text))")
    }

    private static func quoted(_ text: some StringProtocol) -> String { "\"\(text.prefix(200))\"" }
}

extension GoDuration: CustomStringConvertible {
    /// As Go prints it: `1h0m0s`, `1m30s`, `1.5s`, `500ms`, `0s`.
    package var description: String {
        guard nanoseconds != 0 else { return "0s" }
        let amount = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        switch amount {
        case ..<1000: return "\(sign)\(amount)ns"
        case ..<1_000_000: return "\(sign)\(Self.decimal(amount, 3))\u{B5}s"
        case ..<1_000_000_000: return "\(sign)\(Self.decimal(amount, 6))ms"
        default: break
        }
        let minutes = amount / 60_000_000_000
        let seconds = "\(Self.decimal(amount % 60_000_000_000, 9))s"
        if minutes == 0 { return sign + seconds }
        let hours = minutes / 60
        return sign + (hours > 0 ? "\(hours)h" : "") + "\(minutes % 60)m" + seconds
    }

    /// `amount` divided by the power of ten, without zeros at the end.
    private static func decimal(_ amount: UInt64, _ power: Int) -> String {
        let divisor = (0..<power).reduce(UInt64(1)) { product, _ in product * 10 }
        var digits = String(amount % divisor)
        guard digits != "0" else { return "\(amount / divisor)" }
        digits = String(repeating: "0", count: power - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(amount / divisor).\(digits)"
    }
}

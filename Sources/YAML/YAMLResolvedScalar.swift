/// What a scalar without quotes means. The rules are those of YAML 1.1 as kubectl applies them (go-yaml v2): `yes` and `on` are booleans,
/// `0755`, `0o755`, `0x1ED` and `0b111101101` are one number, `1_000` is 1000, `12:30` is a string, a number that no 64 bits hold is a
/// float, and dates stay strings.
enum YAMLResolvedScalar: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Above `Int64.max`.
    case unsigned(UInt64)
    case float(Double)
    case string(String)

    init(plain text: String) {
        self = Self.word(text) ?? Self.number(text) ?? .string(text)
    }

    private static func word(_ text: String) -> YAMLResolvedScalar? {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": .bool(false)
        case ".nan", ".NaN", ".NAN": .float(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": .float(-.infinity)
        default: nil
        }
    }

    private static func number(_ text: String) -> YAMLResolvedScalar? {
        guard let first = text.utf8.first else { return nil }
        switch first {
        case UInt8(ascii: "."):
            guard underscoresSeparateDigits(text.utf8) else { return nil }
            return float(text.utf8.filter { $0 != UInt8(ascii: "_") })
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digits = text.utf8.filter { $0 != UInt8(ascii: "_") }
            return integer(digits) ?? float(digits)
        default:
            return nil
        }
    }

    /// A number that begins with a point may have underscores between digits only; in others they are ignored.
    private static func underscoresSeparateDigits(_ text: String.UTF8View) -> Bool {
        var previous: UInt8 = 0
        for byte in text {
            if byte == UInt8(ascii: "_"), !isDigit(previous) { return false }
            if previous == UInt8(ascii: "_"), !isDigit(byte) { return false }
            previous = byte
        }
        return previous != UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    // MARK: - Integers

    private static func integer(_ text: [UInt8]) -> YAMLResolvedScalar? {
        var digits = text[...]
        let sign = digits.first.flatMap { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") ? $0 : nil }
        if sign != nil { digits = digits.dropFirst() }
        var radix = 10
        if digits.first == UInt8(ascii: "0") {
            switch digits.count > 2 ? digits[digits.startIndex + 1] | 0x20 : 0 {
            case UInt8(ascii: "x"): (radix, digits) = (16, digits.dropFirst(2))
            case UInt8(ascii: "o"): (radix, digits) = (8, digits.dropFirst(2))
            case UInt8(ascii: "b"): (radix, digits) = (2, digits.dropFirst(2))
            default: radix = 8
            }
        }
        // A second sign would be taken by the standard library.
        guard digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
            let magnitude = UInt64(String(decoding: digits, as: UTF8.self), radix: radix)
        else { return nil }
        if sign == UInt8(ascii: "-") {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
        }
        if let value = Int64(exactly: magnitude) { return .int(value) }
        return sign == nil ? .unsigned(magnitude) : nil
    }

    // MARK: - Floats

    /// Sign, digits with a point somewhere, exponent. Values too large for a double are no numbers.
    private static func float(_ text: [UInt8]) -> YAMLResolvedScalar? {
        var rest = text[...]
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.allSatisfy(isDigit) else { return nil }
            rest = rest.suffix(0)
        }
        guard rest.isEmpty, let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return .float(value)
    }

    /// A float as a key: the shortest digits of single precision, with an exponent below 1e-4 and from 1e6 on.
    static func keyText(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        var text = Float(value).description
        if text.hasSuffix(".0") { text.removeLast(2) }
        guard value.magnitude >= 1e6, !text.contains("e") else { return text }
        let sign = text.hasPrefix("-") ? "-" : ""
        let parts = text.dropFirst(sign.count).split(separator: ".")
        var digits = parts.joined()
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        return "\(sign)\(digits.prefix(1))\(fraction)e+0\(parts[0].count - 1)"
    }

    // MARK: - Timestamps

    /// `2006-01-02`, with or without a time after it: a string here, though other readers make it a time.
    static func isTimestamp(_ text: String) -> Bool {
        let date = text.utf8.prefix(while: { $0 != UInt8(ascii: "T") && $0 != UInt8(ascii: "t") && $0 != 0x20 })
        let fields = date.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].count == 4, fields[0].allSatisfy(isDigit) else { return false }
        func isNumber(_ field: Substring.UTF8View, in range: ClosedRange<Int>) -> Bool {
            field.count <= 2 && field.allSatisfy(isDigit) && Int(Substring(field)).map(range.contains) == true
        }
        guard isNumber(fields[1], in: 1...12), isNumber(fields[2], in: 1...31) else { return false }
        let time = text.utf8.dropFirst(date.count).dropFirst()
        return time.allSatisfy { isDigit($0) || ":.+-Zz".utf8.contains($0) }
    }
}

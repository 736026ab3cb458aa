/// How a string is written: plain where it is read back as that string, else quoted.
struct YAMLScalarText {
    private let string: String
    private var hasBreak = false
    /// Characters that only double quotes can carry: control characters, breaks other than newline, a byte order mark, tabs.
    private var needsEscapes = false
    /// A space that a reader would drop, beside a break.
    private var hasSpaceBeforeBreak = false

    init(_ string: String) {
        self.string = string
        var previous: Unicode.Scalar = "a"
        for scalar in string.unicodeScalars {
            if scalar == "\n" {
                hasBreak = true
                if previous == " " { hasSpaceBeforeBreak = true }
            } else if Self.needsEscape(scalar) {
                needsEscapes = true
            }
            previous = scalar
        }
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    // MARK: - On one line

    /// The string within a line, as a key or a value.
    var inlineText: String {
        if needsEscapes || hasBreak || isReadAsSomethingElse { return doubleQuoted }
        return isPlain ? string : "'" + string.replacing("'", with: "''") + "'"
    }

    /// Whether the plain text would mean a number, a word or a merge key, or does so to other readers (dates, and numbers to base 60).
    private var isReadAsSomethingElse: Bool {
        guard case .string = YAMLResolvedScalar(plain: string) else { return true }
        return string == "<<" || YAMLResolvedScalar.isTimestamp(string) || isBase60
    }

    private var isBase60: Bool {
        var digits = string.utf8[...]
        if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        return digits.first.map { 0x30...0x39 ~= $0 } == true && digits.contains(UInt8(ascii: ":"))
            && digits.allSatisfy { 0x30...0x39 ~= $0 || ":._".utf8.contains($0) }
    }

    /// Whether the text, known to be one line, holds nothing that YAML gives a meaning.
    private var isPlain: Bool {
        let bytes = Array(string.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        if first == 0x20 || last == 0x20 || last == UInt8(ascii: ":") { return false }
        if string.hasPrefix("---") || string.hasPrefix("...") { return false }
        switch first {
        case UInt8(ascii: "-"), UInt8(ascii: "?"):
            if bytes.count == 1 || bytes[1] == 0x20 { return false }
        case _ where ",[]{}#&*!|>'\"%@`:".utf8.contains(first):
            return false
        default:
            break
        }
        return !zip(bytes, bytes.dropFirst()).contains { pair in
            pair == (UInt8(ascii: ":"), 0x20) || pair == (0x20, UInt8(ascii: "#"))
        }
    }

    private var doubleQuoted: String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where Self.needsEscape(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let (letter, width) = scalar.value <= 0xFF ? ("x", 2) : ("u", 4)
                text += "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    // MARK: - Over several lines

    /// The first line of the string as a literal block, such as `|-`; `nil` where a block would be no help or lose something.
    var blockHeader: String? {
        guard hasBreak, !needsEscapes, !hasSpaceBeforeBreak, let first = string.utf8.first, string.utf8.last != 0x20,
            string.utf8.contains(where: { $0 != 0x0A })
        else { return nil }
        // A reader takes the first line's spaces for indentation unless told otherwise.
        let hint = first == 0x20 || first == 0x0A ? "2" : ""
        let endings = string.utf8.reversed().prefix { $0 == 0x0A }.count
        let chomping = endings == 0 ? "-" : endings == 1 ? "" : "+"
        return "|" + hint + chomping
    }
}

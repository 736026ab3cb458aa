import JSON

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension SeededGenerator {
    private static let words = [
        "", "y", "yes", "No", "null", "~", "0", "-1", "0755", "0o7", "1_0", "1e3", ".5", ".inf", "2020-01-01", "12:30",
        "<<", "=",
        "- a", "-", "? a", "a: b", "a:", ":a", "a #b", "#", "---", "...", "--- a", "!x", "&a", "*a", "{", "[a]", "|",
        ">-", "%", "@", "`",
        "'", "\"", "it's", "\\n", "a\tb", "\t", "\u{7}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{FFFE}", "\u{A0}", "é",
        "😀", "\0", "\r", "\r\n",
        "example.com/x", "nginx:1.27", "100m",
    ]
    private static let pieces =
        words + ["\n", "\n", "\n\n", " ", "  ", "a", "word", "  lead", "trail ", "---\n", "# no comment\n", "\n a"]

    mutating func string() -> String {
        let count = Int.random(in: 0...4, using: &self)
        if count == 0 { return Self.words.randomElement(using: &self)! }
        return (0..<count).map { _ in Self.pieces.randomElement(using: &self)! }.joined()
    }

    /// A value that JSON text gives back unchanged: floats always have a fraction or are out of the range of integers.
    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 12 : 8), using: &self) {
        case 0: return .null
        case 1: return .bool(.random(using: &self))
        case 2: return .int(Int64(bitPattern: next()) >> Int64.random(in: 0..<64, using: &self))
        case 3:
            let value = Double(bitPattern: next())
            return value.isFinite && Int64(exactly: value) == nil ? .double(value) : .double(0.5)
        case 4...7: return .string(string())
        case 8, 9:
            return .array((0..<Int.random(in: 0...4, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &self) { members[string()] = value(depth: depth - 1) }
            return .object(members)
        }
    }
}

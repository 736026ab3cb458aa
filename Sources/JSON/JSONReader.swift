/// Reads JSON by being asked for what comes next, so that a caller builds only what it needs and skips the rest.
///
/// A projection reads an object like this:
///
/// ```swift
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///     switch key {
///     case "name": name = try reader.readString()
///     default: try reader.skipValue()
///     }
/// }
/// ```
///
/// Guarantees: never reads outside the given range; bounded recursion (``maximumDepth``); what it accepts as a value it was asked for is
/// RFC 8259 JSON. Values that are skipped are checked for balance and string syntax only.
/// After an error the reader's position is unspecified: give up the whole document.
package struct JSONReader: Sendable {
    /// Values nested deeper are refused. Kubernetes objects stay below 100.
    package static let maximumDepth = 512

    package let bytes: [UInt8]
    package private(set) var position: Int
    private let end: Int
    /// Whether the innermost open container has yielded nothing yet; decides if a comma is due.
    private var isAtStart = false
    /// How many more values ``readValue()`` may build.
    private var valuesLeft: Int

    /// A reader of `bytes`, or of a part of it.
    ///
    /// - Parameter maximumValues: how many values ``readValue()`` may build, those in others included. A value of two bytes can take a
    ///   hundred bytes of memory.
    /// - Precondition: `range` lies within `bytes`.
    package init(_ bytes: [UInt8], in range: Range<Int>? = nil, maximumValues: Int = .max) {
        valuesLeft = maximumValues
        let range = range ?? bytes.indices
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.bytes = bytes
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    // MARK: - Structure

    /// What the next value is, without consuming it.
    package enum Kind: Hashable, Sendable {
        case null, bool, number, string, array, object
    }

    /// The kind of the next value.
    package mutating func peekKind() throws(JSONError) -> Kind {
        skipWhitespace()
        switch try byte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw JSONError(.syntax, "a value expected", offset: position)
        }
    }

    /// Enters an object; follow with ``nextKey()`` until it gives `nil`.
    package mutating func beginObject() throws(JSONError) {
        try begin(UInt8(ascii: "{"), "an object")
    }

    /// The next member's name, with the reader before its value; `nil` once the object has ended and been left.
    package mutating func nextKey() throws(JSONError) -> String? {
        guard try nextItem(closing: UInt8(ascii: "}")) else { return nil }
        guard position < end, bytes[position] == UInt8(ascii: "\"") else {
            throw JSONError(.syntax, "a member name expected", offset: position)
        }
        let key = try readString()
        skipWhitespace()
        guard try byte() == UInt8(ascii: ":") else {
            throw JSONError(.syntax, "':' expected after a member name", offset: position)
        }
        position += 1
        return key
    }

    /// Enters an array; follow with ``nextElement()`` until it gives `false`.
    package mutating func beginArray() throws(JSONError) {
        try begin(UInt8(ascii: "["), "an array")
    }

    /// Whether another element follows, with the reader before it; `false` once the array has ended and been left.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try nextItem(closing: UInt8(ascii: "]"))
    }

    /// Checks that nothing but white space is left.
    package mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard position == end else { throw JSONError(.syntax, "unexpected bytes after the value", offset: position) }
    }

    /// Consumes a `null` if one comes next.
    package mutating func readNull() throws(JSONError) -> Bool {
        guard try peekKind() == .null else { return false }
        try literal("null")
        return true
    }

    // MARK: - Scalars

    package mutating func readBool() throws(JSONError) -> Bool {
        guard try peekKind() == .bool else { throw mismatch("a boolean") }
        if bytes[position] == UInt8(ascii: "t") {
            try literal("true")
            return true
        }
        try literal("false")
        return false
    }

    /// A whole number of 64 bits.
    package mutating func readInt() throws(JSONError) -> Int64 {
        let start = position
        guard try peekKind() == .number, let value = try readNumber().intValue else {
            throw JSONError(.typeMismatch, "an integer expected", offset: start)
        }
        return value
    }

    package mutating func readString() throws(JSONError) -> String {
        let (content, hasEscapes) = try stringContent()
        if hasEscapes { return try unescape(content) }
        guard let text = String(utf8: bytes, in: content) else {
            throw JSONError(.encoding, "a string is not UTF-8", offset: content.lowerBound)
        }
        return text
    }

    /// A number: `int` when it is written as a whole number that fits 64 bits, else `double`.
    package mutating func readNumber() throws(JSONError) -> JSONValue {
        guard try peekKind() == .number else { throw mismatch("a number") }
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        var magnitude: UInt64 = 0
        var overflows = false
        while let digit = digit() {
            let (product, carry) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry2) = product.addingReportingOverflow(UInt64(digit))
            overflows = overflows || carry || carry2
            magnitude = sum
            position += 1
        }
        let digits = position - firstDigit
        guard digits > 0, digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            throw JSONError(.syntax, "not a JSON number", offset: start)
        }
        var isWhole = true
        if position < end, bytes[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digitsRequired(start)
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digitsRequired(start)
        }
        if isWhole, !overflows {
            let negative = firstDigit != start
            if negative, magnitude <= UInt64(Int64.max) + 1 { return .int(Int64(truncatingIfNeeded: 0 &- magnitude)) }
            if !negative, let value = Int64(exactly: magnitude) { return .int(value) }
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)), value.isFinite else {
            throw JSONError(.syntax, "a number is out of range", offset: start)
        }
        return .double(value)
    }

    // MARK: - Whole values

    /// Consumes the next value without building it.
    ///
    /// - Returns: the range of ``bytes`` that it takes.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        skipWhitespace()
        let start = position
        switch try byte() {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try skipContainer()
        case UInt8(ascii: "\""): _ = try stringContent()
        default: try skipScalar()
        }
        isAtStart = false
        return start..<position
    }

    /// Runs from an opening bracket to behind its closing one, looking at brackets and strings alone.
    private mutating func skipContainer() throws(JSONError) {
        let start = position
        let limit = end
        let outcome: Result<Int, JSONError> = bytes.withUnsafeBufferPointer { bytes in
            var cursor = start
            var depth = 0
            while cursor < limit {
                switch bytes[cursor] {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    guard depth <= Self.maximumDepth else { return .failure(Self.tooDeep(cursor)) }
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    if depth == 0 { return .success(cursor + 1) }
                case UInt8(ascii: "\""):
                    guard let string = JSONString(after: cursor, in: bytes, limit: limit) else {
                        return .failure(JSONString.error(cursor))
                    }
                    cursor = string.closingQuote
                default: break
                }
                cursor += 1
            }
            return .failure(JSONError(.syntax, "unexpected end", offset: limit))
        }
        position = try outcome.get()
    }

    /// Builds the next value. A member that is given twice takes the later value, as in the Kubernetes API.
    package mutating func readValue() throws(JSONError) -> JSONValue {
        try readValue(depth: 0)
    }

    private mutating func readValue(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.maximumDepth else { throw Self.tooDeep(position) }
        guard valuesLeft > 0 else { throw JSONError(.tooMany, "too many values", offset: position) }
        valuesLeft -= 1
        switch try peekKind() {
        case .null:
            try literal("null")
            return .null
        case .bool:
            return .bool(try readBool())
        case .number:
            return try readNumber()
        case .string:
            return .string(try readString())
        case .array:
            var elements: [JSONValue] = []
            try beginArray()
            while try nextElement() { elements.append(try readValue(depth: depth + 1)) }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try beginObject()
            while let key = try nextKey() { members[key] = try readValue(depth: depth + 1) }
            return .object(members)
        }
    }
}

// MARK: - Lexing

extension JSONReader {
    private func byte() throws(JSONError) -> UInt8 {
        guard position < end else { throw JSONError(.syntax, "unexpected end", offset: position) }
        return bytes[position]
    }

    private func mismatch(_ expected: String) -> JSONError {
        JSONError(.typeMismatch, "\(expected) expected", offset: position)
    }

    private static func tooDeep(_ offset: Int) -> JSONError {
        JSONError(.tooDeep, "nested deeper than \(maximumDepth)", offset: offset)
    }

    private mutating func skipWhitespace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func begin(_ opening: UInt8, _ name: String) throws(JSONError) {
        skipWhitespace()
        guard try byte() == opening else { throw mismatch(name) }
        position += 1
        isAtStart = true
    }

    /// Moves to the next item of the innermost container, or out of it.
    private mutating func nextItem(closing: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        if try byte() == closing {
            position += 1
            isAtStart = false
            return false
        }
        if !isAtStart {
            guard bytes[position] == UInt8(ascii: ",") else {
                throw JSONError(.syntax, "',' or '\(Character(UnicodeScalar(closing)))' expected", offset: position)
            }
            position += 1
            skipWhitespace()
            if try byte() == closing { throw JSONError(.syntax, "a comma without a value", offset: position) }
        }
        isAtStart = false
        return true
    }

    private func digit() -> UInt8? {
        guard position < end, case let value = bytes[position] &- UInt8(ascii: "0"), value < 10 else { return nil }
        return value
    }

    private mutating func digitsRequired(_ start: Int) throws(JSONError) {
        guard digit() != nil else { throw JSONError(.syntax, "not a JSON number", offset: start) }
        while digit() != nil { position += 1 }
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        let start = position
        guard end - position >= text.utf8CodeUnitCount else { throw JSONError(.syntax, "unexpected end", offset: end) }
        let matches = text.withUTF8Buffer { literal in
            bytes.withUnsafeBufferPointer { $0[start..<start + literal.count].elementsEqual(literal) }
        }
        guard matches else { throw JSONError(.syntax, "a value expected", offset: position) }
        position += text.utf8CodeUnitCount
    }

    private mutating func skipScalar() throws(JSONError) {
        switch try peekKind() {
        case .null: try literal("null")
        case .bool: _ = try readBool()
        default: _ = try readNumber()
        }
    }

    /// Consumes a string; gives the range between its quotes and whether it has escapes.
    private mutating func stringContent() throws(JSONError) -> (Range<Int>, hasEscapes: Bool) {
        skipWhitespace()
        guard try byte() == UInt8(ascii: "\"") else { throw mismatch("a string") }
        let opening = position
        let limit = end
        let string = bytes.withUnsafeBufferPointer { JSONString(after: opening, in: $0, limit: limit) }
        guard let string else { throw JSONString.error(opening) }
        position = string.closingQuote + 1
        return (opening + 1..<string.closingQuote, string.hasEscapes)
    }

    private func unescape(_ content: Range<Int>) throws(JSONError) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var cursor = content.lowerBound
        while cursor < content.upperBound {
            let byte = bytes[cursor]
            cursor += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard cursor < content.upperBound else { throw JSONError(.syntax, "an escape is cut off", offset: cursor) }
            let escape = bytes[cursor]
            cursor += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                let scalar = try unicodeEscape(&cursor, limit: content.upperBound)
                result.append(contentsOf: UTF8.encode(scalar)!)
            default:
                throw JSONError(.syntax, "unknown escape", offset: cursor - 1)
            }
        }
        guard let text = String(utf8: result, in: result.indices) else {
            throw JSONError(.encoding, "a string is not UTF-8", offset: content.lowerBound)
        }
        return text
    }

    /// The scalar of a `\u` escape, joined from two where they are a surrogate pair.
    private func unicodeEscape(_ cursor: inout Int, limit: Int) throws(JSONError) -> UnicodeScalar {
        let start = cursor
        let first = try hexUnit(&cursor, limit: limit)
        if let scalar = UnicodeScalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), limit - cursor >= 6,
            bytes[cursor] == UInt8(ascii: "\\"), bytes[cursor + 1] == UInt8(ascii: "u")
        else { throw JSONError(.encoding, "an unpaired surrogate", offset: start) }
        cursor += 2
        let second = try hexUnit(&cursor, limit: limit)
        guard UTF16.isTrailSurrogate(second) else { throw JSONError(.encoding, "an unpaired surrogate", offset: start) }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private func hexUnit(_ cursor: inout Int, limit: Int) throws(JSONError) -> UInt16 {
        guard limit - cursor >= 4 else { throw JSONError(.syntax, "an escape is cut off", offset: cursor) }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(UnicodeScalar(bytes[cursor])).hexDigitValue else {
                throw JSONError(.syntax, "not a hexadecimal digit", offset: cursor)
            }
            unit = unit << 4 | UInt16(digit)
            cursor += 1
        }
        return unit
    }
}

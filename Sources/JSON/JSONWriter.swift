extension JSONValue {
    /// Parses one JSON text.
    ///
    /// - Parameter maximumValues: how many values it may have, those in others included.
    /// - Throws: ``JSONError`` when the bytes are not exactly one value.
    package init(parsing bytes: [UInt8], maximumValues: Int = .max) throws(JSONError) {
        var reader = JSONReader(bytes, maximumValues: maximumValues)
        self = try reader.readValue()
        try reader.finish()
    }

    /// Parses one JSON text.
    ///
    /// - Throws: ``JSONError`` when the text is not exactly one value.
    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Compact JSON with sorted keys: equal values give equal bytes.
    package func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// Compact JSON with sorted keys, as text.
    package func encodedText() -> String { String(decoding: encoded(), as: UTF8.self) }

    /// JSON over several lines, indented by four spaces as kubectl prints it.
    package func prettyText() -> String {
        var writer = JSONWriter(indentation: 4)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Appends JSON to a buffer. Keys are sorted by their UTF-8 bytes, as Go's encoder sorts them.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// Spaces per level; `nil` for compact output.
    private let indentation: Int?
    private var level = 0

    package init(indentation: Int? = nil) {
        self.indentation = indentation
    }

    /// Appends one value.
    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .int(let value): append(String(value))
        case .double(let value): write(value)
        case .string(let value): write(value)
        case .array(let elements):
            writeContainer("[", "]", elements) { writer, element in writer.write(element) }
        case .object(let members):
            let sorted = members.sorted { Self.precedes($0.key, $1.key) }
            writeContainer("{", "}", sorted) { writer, member in
                writer.write(member.key)
                writer.append(writer.indentation == nil ? ":" : ": ")
                writer.write(member.value)
            }
        }
    }

    /// Appends a string with the escapes that JSON requires, and no others.
    package mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { utf8 in
            if utf8.contains(where: Self.needsEscape) { escape(utf8) } else { bytes.append(contentsOf: utf8) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>) {
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0..<0x20:
                append("\\u00")
                bytes.append(hexDigit(byte >> 4))
                bytes.append(hexDigit(byte & 0xF))
            default: bytes.append(byte)
            }
        }
    }

    /// The order of the texts' bytes, which is not that of `<` on strings.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        var (left, right) = (left, right)
        return left.withUTF8 { left in right.withUTF8 { left.lexicographicallyPrecedes($0) } }
    }

    /// JSON has no word for infinity or not-a-number; no parser of this package makes them, and `null` stands for them here.
    private mutating func write(_ value: Double) {
        guard value.isFinite else { return append("null") }
        if let whole = Int64(exactly: value), abs(value) < 1e15 { return append(String(whole)) }
        append("\(value)")
    }

    private mutating func writeContainer<Item>(
        _ opening: StaticString,
        _ closing: StaticString,
        _ items: [Item],
        _ writeItem: (inout JSONWriter, Item) -> Void
    ) {
        append(opening)
        level += 1
        for (index, item) in items.enumerated() {
            if index > 0 { append(",") }
            breakLine()
            writeItem(&self, item)
        }
        level -= 1
        if !items.isEmpty { breakLine() }
        append(closing)
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: level * indentation))
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}

import JSON

extension YAML {
    /// A value as one document, ending with a newline. Equal values give equal text; reading it gives the value back, but for a float
    /// without a fraction, which is read as a whole number.
    ///
    /// Laid out as `kubectl -o yaml`: keys sorted with their numbers in order, two spaces, sequences at their key's level, text over
    /// several lines as a block. Lines are never folded.
    package static func text(_ value: JSONValue) -> String {
        var writer = YAMLWriter()
        writer.writeDocument(value)
        return writer.text
    }

    /// Values as documents, with `---` between them.
    package static func text(documents: [JSONValue]) -> String {
        documents.map(text).joined(separator: "---\n")
    }
}

/// Appends YAML to a text.
struct YAMLWriter {
    private(set) var text = ""

    /// Longer keys are written in two lines, `? key` and `: value`: readers look only 1,024 characters ahead for the colon.
    private static let maximumKeyLength = 128

    mutating func writeDocument(_ value: JSONValue) {
        switch value {
        case .object(let members) where !members.isEmpty: writeMembers(members, indentation: 0)
        case .array(let elements) where !elements.isEmpty: writeElements(elements, indentation: 0)
        default: writeLeaf(value, indentation: 0)
        }
    }

    /// Members, the first of them at the current position, the others below it.
    private mutating func writeMembers(_ members: [String: JSONValue], indentation: Int) {
        let sorted = members.sorted { YAMLKeyOrder.precedes($0.key, $1.key) }
        for (index, member) in sorted.enumerated() {
            if index > 0 { indent(indentation) }
            let key = YAMLScalarText(member.key).inlineText
            if key.utf8.count > Self.maximumKeyLength {
                text += "? \(key)\n"
                indent(indentation)
            } else {
                text += key
            }
            text += ":"
            switch member.value {
            case .object(let members) where !members.isEmpty:
                text += "\n"
                indent(indentation + 2)
                writeMembers(members, indentation: indentation + 2)
            case .array(let elements) where !elements.isEmpty:
                text += "\n"
                indent(indentation)
                writeElements(elements, indentation: indentation)
            default:
                text += " "
                writeLeaf(member.value, indentation: indentation)
            }
        }
    }

    /// Elements, the first of them at the current position, the others below it.
    private mutating func writeElements(_ elements: [JSONValue], indentation: Int) {
        for (index, element) in elements.enumerated() {
            if index > 0 { indent(indentation) }
            text += "- "
            switch element {
            case .object(let members) where !members.isEmpty: writeMembers(members, indentation: indentation + 2)
            case .array(let elements) where !elements.isEmpty: writeElements(elements, indentation: indentation + 2)
            default: writeLeaf(element, indentation: indentation)
            }
        }
    }

    /// A value that is no container with content, and the end of its line.
    private mutating func writeLeaf(_ value: JSONValue, indentation: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += Self.text(value)
        case .array: text += "[]"
        case .object: text += "{}"
        case .string(let string):
            let scalar = YAMLScalarText(string)
            if let header = scalar.blockHeader { return writeBlock(string, header, indentation: indentation + 2) }
            text += scalar.inlineText
        }
        text += "\n"
    }

    private mutating func writeBlock(_ string: String, _ header: String, indentation: Int) {
        text += header + "\n"
        var lines = string.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            if !line.isEmpty {
                indent(indentation)
                text += Substring(line)
            }
            text += "\n"
        }
    }

    /// JSON has no word for infinity or not-a-number; as in ``JSONWriter``, `null` stands for them.
    private static func text(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }

    private mutating func indent(_ count: Int) {
        text += String(repeating: " ", count: count)
    }
}

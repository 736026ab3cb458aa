import JSON

extension JSONSchema {
    /// What the API server would refuse, prune or warn about in `value`, in document order.
    ///
    /// A member that is `null` counts as left out, as on the server. Beyond the server's own messages, these say what would be right.
    ///
    /// - Throws: an error of `Regex` when ``pattern`` is none.
    package func check(_ value: JSONValue, at path: FieldPath = []) throws -> [FieldError] {
        if value.isNull {
            return structure == .anything ? [] : [FieldError(path, "must not be null: give a value or leave it out")]
        }
        switch (structure, value) {
        case (.anything, _): return []
        case (.string, .string(let text)): return try checkText(text, at: path)
        case (.boolean, .bool): return []
        case (.integer, _):
            return value.intValue.map { checkNumber($0, at: path) } ?? [mismatch("an integer", value, path)]
        case (.number, _): return value.doubleValue != nil ? [] : [mismatch("a number", value, path)]
        case (.intOrString, .string(let text)): return try checkText(text, at: path)
        case (.intOrString, _) where value.intValue != nil: return []
        case (.object(let properties, let required), .object(let members)):
            return try checkMembers(members.filter { !$0.value.isNull }, properties, required, at: path)
        case (.map(let element), .object(let members)):
            return try checkMap(members, at: path)
                + members.filter { !$0.value.isNull }.sorted { $0.key < $1.key }.flatMap {
                    try element.check($0.value, at: path.appending(key: $0.key))
                }
        case (.array(let element), .array(let elements)):
            return try elements.enumerated().flatMap { try element.check($1, at: path.appending(index: $0)) }
                + checkList(elements, at: path)
        default: return [mismatch(structure.name, value, path)]
        }
    }

    private func checkText(_ text: String, at path: FieldPath) throws -> [FieldError] {
        if !enumeration.isEmpty, !enumeration.contains(text) {
            let near = nearest(to: text, among: enumeration)
            let known = enumeration.map { "\"\($0)\"" }.joined(separator: ", ")
            let advice = near.map { "did you mean \"\($0)\"?" } ?? "use one of \(known)"
            return [FieldError(path, "\"\(text)\" is not supported: \(advice)")]
        }
        if let minLength, text.unicodeScalars.count < minLength { return [FieldError(path, "must not be empty")] }
        if let maxLength, text.unicodeScalars.count > maxLength {
            return [FieldError(path, "must have at most \(maxLength) characters")]
        }
        if let pattern, try Regex(pattern).firstMatch(in: text) == nil {
            return [FieldError(path, "\"\(text)\" is not allowed: \(hint)")]
        }
        return []
    }

    private func checkNumber(_ number: Int64, at path: FieldPath) -> [FieldError] {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?) where !(minimum...maximum).contains(number):
            [FieldError(path, "\(number) is not allowed: must be from \(minimum) to \(maximum)")]
        case (let minimum?, _) where number < minimum:
            [FieldError(path, "\(number) is not allowed: must be at least \(minimum)")]
        case (_, let maximum?) where number > maximum:
            [FieldError(path, "\(number) is not allowed: must be at most \(maximum)")]
        default: []
        }
    }

    private func checkMembers(
        _ members: [String: JSONValue],
        _ properties: [String: JSONSchema],
        _ required: Set<String>,
        at path: FieldPath
    ) throws -> [FieldError] {
        var errors = required.sorted().filter { members[$0] == nil }.map { name in
            FieldError(path.appending(key: name), "is required: \(properties[name]?.hint ?? "")")
        }
        if !exactlyOneOf.isEmpty {
            let present = exactlyOneOf.filter { members[$0] != nil }
            let choice = exactlyOneOf.joined(separator: ", ")
            if present.isEmpty { errors.append(FieldError(path, "needs one of \(choice)")) }
            if present.count > 1 {
                errors.append(
                    FieldError(path, "has \(present.joined(separator: " and ")): only one of \(choice) is possible")
                )
            }
        }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            let path = path.appending(key: name)
            if let property = properties[name] {
                errors += try property.check(member, at: path)
            } else {
                errors.append(FieldError(path, "is unknown\(suggestion(for: name, path.parent ?? [], properties))"))
            }
        }
        return errors
    }

    private func checkMap(_ members: [String: JSONValue], at path: FieldPath) -> [FieldError] {
        var errors = requiredMembers.filter { members[$0]?.isNull != false }.map { FieldError(path, "needs \"\($0)\"") }
        if let maxProperties, members.count > maxProperties {
            errors.append(FieldError(path, "must have at most \(maxProperties) member\(maxProperties == 1 ? "" : "s")"))
        }
        return errors
    }

    private func checkList(_ elements: [JSONValue], at path: FieldPath) -> [FieldError] {
        if let minItems, elements.count < minItems {
            return [FieldError(path, "must have at least \(minItems) element")]
        }
        let identities: [[JSONValue?]]
        switch listType {
        case .map(let keys): identities = elements.map { element in keys.map { element[$0] } }
        case .set: identities = elements.map { [$0] }
        case .atomic, nil: return []
        }
        var seen: [[JSONValue?]: Int] = [:]
        return identities.enumerated().compactMap { index, identity in
            guard let first = seen[identity] else {
                seen[identity] = index
                return nil
            }
            let text = identity.map { $0?.encodedText() ?? "nothing" }.joined(separator: ", ")
            return FieldError(path.appending(index: index), "\(text) is there twice, first in element \(first)")
        }
    }

    private func mismatch(_ expected: String, _ value: JSONValue, _ path: FieldPath) -> FieldError {
        let advice =
            switch (structure, value) {
            case (.string, .bool), (.string, .int), (.string, .double), (.intOrString, .double): ": put it in quotes"
            case (.integer, .string(let text)) where Int64(text) != nil: ": write it without quotes"
            case (.boolean, .string("true")), (.boolean, .string("false")): ": write it without quotes"
            default: ""
            }
        return FieldError(path, "must be \(expected), not \(value.excerpt)\(advice)")
    }

    /// The description, as the second half of a message.
    private var hint: String { description.isEmpty ? "see the documentation of the field" : description }
}

extension JSONSchema.Structure {
    fileprivate var name: String {
        switch self {
        case .string: "a text"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        case .object, .map: "an object"
        case .array: "a list"
        case .intOrString: "an integer or a text"
        case .anything: "anything"
        }
    }
}

extension JSONValue {
    /// The value itself if it is short, else its type.
    fileprivate var excerpt: String {
        switch self {
        case .array: return "a list"
        case .object: return "an object"
        default:
            let text = encodedText()
            return text.count <= 40 ? text : "a long text"
        }
    }
}

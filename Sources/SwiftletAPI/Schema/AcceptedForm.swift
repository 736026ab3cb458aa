import JSON

/// Brings a manifest into the form in which it is stored or read: what the API server leaves out is left out, and what Kuma's decoder
/// takes for the same is written in one way.
///
/// In objects and maps of Kubernetes a `null` counts as left out, as the API server prunes it; elements of lists are not touched. In
/// protobuf messages (``JSONSchema/isProtobuf``), which Kuma reads with golang/protobuf's jsonpb, besides: an empty list is no list, numbers
/// may be quoted, members may have the name of the `.proto` file (`load_balancer`), constants of enumerations may be numbers, the last
/// declared of several members of a `oneof` counts, `null` in a list is an empty value, and unknown members are ignored.
struct AcceptedForm {
    /// Warnings about what has no effect.
    private(set) var remarks: [FieldError] = []

    mutating func accepted(_ value: JSONValue, as schema: JSONSchema, at path: FieldPath = []) -> JSONValue {
        switch (schema.structure, value) {
        case (.object(let properties, _), .object(let members)):
            return .object(
                schema.isProtobuf
                    ? message(members, properties, schema, at: path) : object(members, properties, at: path)
            )
        case (.map(let element), .object(let members)):
            var result: [String: JSONValue] = [:]
            for (key, member) in members {
                guard let value = present(member, as: element) else { continue }
                result[key] = accepted(value, as: element, at: path.appending(key: key))
            }
            return .object(result)
        case (.array(let element), .array(let elements)):
            return .array(
                elements.enumerated().map { index, value in
                    accepted(present(value, as: element) ?? .null, as: element, at: path.appending(index: index))
                }
            )
        case (.anything, .object(let members)) where !schema.isProtobuf:
            return .object(members.filter { !$0.value.isNull })
        case (.string, _), (.integer, _), (.number, _):
            return schema.isProtobuf ? scalar(value, as: schema) : value
        default:
            return value
        }
    }

    private mutating func object(
        _ members: [String: JSONValue],
        _ properties: [String: JSONSchema],
        at path: FieldPath
    ) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for (name, member) in members where !member.isNull {
            result[name] =
                properties[name].map { accepted(member, as: $0, at: path.appending(key: name)) } ?? member
        }
        return result
    }

    // MARK: - Protobuf messages

    private mutating func message(
        _ members: [String: JSONValue],
        _ properties: [String: JSONSchema],
        _ schema: JSONSchema,
        at path: FieldPath
    ) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        var known = Set(properties.keys)
        for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
            if let alias = property.protobufName { known.insert(alias) }
            let given = members[name] ?? property.protobufName.flatMap { members[$0] }
            guard let given, !given.isNull else { continue }
            let value = accepted(given, as: property, at: path.appending(key: name))
            // A list without elements cannot be told from no list.
            if value != [] { result[name] = value }
        }
        for name in members.keys.sorted() where !known.contains(name) {
            let advice = schema.suggestion(for: name, path, properties)
            remarks.append(.warning(path.appending(key: name), "is unknown and has no effect\(advice)"))
        }
        let chosen = schema.oneof.filter { result[$0] != nil }
        if let last = chosen.last, chosen.count > 1 {
            for name in chosen.dropLast() { result[name] = nil }
            let names = chosen.joined(separator: " and ")
            remarks.append(.warning(path, "has \(names), of which one only counts: \(last)"))
        }
        return result
    }

    private func scalar(_ value: JSONValue, as schema: JSONSchema) -> JSONValue {
        switch (schema.structure, value) {
        case (.integer, .string(let text)) where Self.isNumber(text, whole: true):
            return Int64(text).map(JSONValue.int) ?? value
        case (.number, .string(let text)) where Self.isNumber(text, whole: false):
            return Double(text).map(JSONValue.double) ?? value
        case (.string, _):
            guard schema.isProtobufEnumeration, let number = value.intValue,
                schema.enumeration.indices.contains(Int(clamping: number))
            else { return value }
            return .string(schema.enumeration[Int(number)])
        default: return value
        }
    }

    /// What stands for a value in a container; `nil` for nothing.
    private func present(_ value: JSONValue, as schema: JSONSchema) -> JSONValue? {
        guard value.isNull else { return value }
        guard schema.isProtobuf else { return nil }
        switch schema.structure {
        case .string: return ""
        case .integer, .number: return 0
        case .boolean: return false
        case .object, .map: return [:]
        case .array: return []
        case .intOrString, .anything: return nil
        }
    }

    /// Whether a text is a number as JSON writes them.
    static func isNumber(_ text: String, whole: Bool) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty, digits.first != UInt8(ascii: "0") || digits.count == 1 else { return false }
        rest = rest.dropFirst(digits.count)
        if whole { return rest.isEmpty }
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard let mark = rest.first else { return true }
        guard mark | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }
}

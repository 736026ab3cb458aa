import FoundationEssentials
import JSON

/// A value of a kubeconfig that is being decoded. A field that is empty counts as missing, as in Go.
struct KubeconfigNode: Sendable {
    var value: JSONValue
    var place: KubeconfigPlace

    /// A field that is not an empty text.
    func string(_ field: String) throws(ConfigurationError) -> String? {
        guard let value = try self[field] else { return nil }
        guard let text = value.stringValue else { throw mismatch(field, "a string", value) }
        return text.isEmpty ? nil : text
    }

    func bool(_ field: String) throws(ConfigurationError) -> Bool {
        guard let value = try self[field] else { return false }
        guard let flag = value.boolValue else { throw mismatch(field, "true or false", value) }
        return flag
    }

    /// A field of bytes in base64.
    func data(_ field: String) throws(ConfigurationError) -> [UInt8]? {
        guard let text = try string(field) else { return nil }
        // Line breaks are allowed, as in Go's decoder.
        guard let data = Data(base64Encoded: text.filter { !$0.isNewline }) else {
            throw place.error(.malformed, field, "not base64; expected the file's content in base64, on one line")
        }
        return data.isEmpty ? nil : Array(data)
    }

    func strings(_ field: String) throws(ConfigurationError) -> [String] {
        guard let value = try self[field] else { return [] }
        guard let elements = value.arrayValue else { throw mismatch(field, "a list of strings", value) }
        var result: [String] = []
        for element in elements {
            guard let text = element.stringValue else { throw mismatch(field, "a list of strings", element) }
            result.append(text)
        }
        return result
    }

    /// An object of lists of strings.
    func stringLists(_ field: String) throws(ConfigurationError) -> [String: [String]] {
        guard let node = try object(field) else { return [:] }
        var result: [String: [String]] = [:]
        for key in (node.value.objectValue ?? [:]).keys.sorted() { result[key] = try node.strings(key) }
        return result
    }

    func object(_ field: String) throws(ConfigurationError) -> KubeconfigNode? {
        guard let value = try self[field] else { return nil }
        guard case .object = value else { throw mismatch(field, "an object", value) }
        return child(value, .key(field))
    }

    /// The elements of a list of objects.
    func objects(_ field: String) throws(ConfigurationError) -> [KubeconfigNode] {
        guard let value = try self[field] else { return [] }
        guard let elements = value.arrayValue else { throw mismatch(field, "a list", value) }
        let list = child(value, .key(field))
        var result: [KubeconfigNode] = []
        for (index, element) in elements.enumerated() {
            let node = list.child(element, .index(index))
            guard case .object = element else {
                throw node.place.error(.malformed, "expected an object, found \(element.typeName)")
            }
            result.append(node)
        }
        return result
    }

    private subscript(field: String) -> JSONValue? {
        get throws(ConfigurationError) {
            guard case .object(let members) = value else {
                throw place.error(.malformed, "expected an object, found \(value.typeName)")
            }
            guard let member = members[field], !member.isNull else { return nil }
            return member
        }
    }

    private func child(_ value: JSONValue, _ element: FieldPath.Element) -> KubeconfigNode {
        var place = place
        place.path = place.path.appending(element)
        return KubeconfigNode(value: value, place: place)
    }

    private func mismatch(_ field: String, _ expected: String, _ found: JSONValue) -> ConfigurationError {
        let isScalar = expected == "a string" && found.arrayValue == nil && found.objectValue == nil
        let advice = isScalar ? "; put it into quotes" : ""
        return place.error(.malformed, field, "expected \(expected), found \(found.typeName)\(advice)")
    }
}

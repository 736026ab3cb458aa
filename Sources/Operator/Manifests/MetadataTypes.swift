import JSON

/// The types of what every object's metadata holds. A manifest in which YAML made something else of it (`namespace: no`) is refused, as by
/// kubectl; taken as missing, it would go elsewhere than meant.
enum MetadataTypes {
    private static let texts = ["name", "generateName", "namespace", "uid", "resourceVersion", "selfLink"]
    private static let times = ["creationTimestamp", "deletionTimestamp"]
    private static let numbers = ["generation", "deletionGracePeriodSeconds"]

    /// The first member of another type than it must have, and what is wrong with it; `nil` when there is none. `null` counts as left out.
    static func problem(in metadata: JSONValue) -> (FieldPath, String)? {
        let path: FieldPath = ["metadata"]
        guard !metadata.isNull else { return nil }
        guard metadata.objectValue != nil else { return mismatch(metadata, "an object", path) }
        for name in texts + times {
            if let found = text(metadata[name], path.appending(key: name)) { return found }
        }
        for name in numbers {
            guard let value = metadata[name], !value.isNull, value.intValue == nil else { continue }
            return mismatch(value, "a whole number", path.appending(key: name))
        }
        return maps(metadata, path) ?? lists(metadata, path)
    }

    private static func maps(_ metadata: JSONValue, _ path: FieldPath) -> (FieldPath, String)? {
        for name in ["labels", "annotations"] {
            guard let value = metadata[name], !value.isNull else { continue }
            let path = path.appending(key: name)
            guard let members = value.objectValue else { return mismatch(value, "a map of texts", path) }
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                if let found = text(member, path.appending(key: key)) { return found }
            }
        }
        return nil
    }

    private static func lists(_ metadata: JSONValue, _ path: FieldPath) -> (FieldPath, String)? {
        for name in ["finalizers", "ownerReferences", "managedFields"] {
            guard let value = metadata[name], !value.isNull else { continue }
            let path = path.appending(key: name)
            guard let elements = value.arrayValue else { return mismatch(value, "a list", path) }
            for (index, element) in elements.enumerated() {
                let path = path.appending(index: index)
                if name == "finalizers" {
                    if let found = text(element, path) { return found }
                } else if element.objectValue == nil {
                    return mismatch(element, "an object", path)
                } else if name == "ownerReferences" {
                    for field in ["apiVersion", "kind", "name", "uid"] {
                        if let found = text(element[field], path.appending(key: field)) { return found }
                    }
                }
            }
        }
        return nil
    }

    private static func text(_ value: JSONValue?, _ path: FieldPath) -> (FieldPath, String)? {
        guard let value, !value.isNull, value.stringValue == nil else { return nil }
        return mismatch(value, "text", path)
    }

    private static func mismatch(_ value: JSONValue, _ expected: String, _ path: FieldPath) -> (FieldPath, String) {
        switch value {
        case .bool, .int, .double:
            (path, "must be \(expected), not \(value.encodedText())\(expected == "text" ? ": put it in quotes" : "")")
        case .array: (path, "must be \(expected), not a list")
        case .object: (path, "must be \(expected), not an object")
        case .null, .string: (path, "must be \(expected), not text")
        }
    }
}

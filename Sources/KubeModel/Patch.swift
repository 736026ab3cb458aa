import JSON

/// A change to an object, in one of the forms the API server takes.
package enum Patch: Hashable, Sendable {
    /// RFC 6902: a list of operations, all or nothing.
    case json([JSONPatchOperation])
    /// RFC 7386: members replace, `null` removes, arrays are replaced whole.
    case merge(JSONValue)
    /// Server-side apply: the fields that the caller wants to own, whole.
    case apply(JSONValue)

    package var contentType: String {
        switch self {
        case .json: "application/json-patch+json"
        case .merge: "application/merge-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    package var body: JSONValue {
        switch self {
        case .json(let operations): .array(operations.map(\.json))
        case .merge(let value), .apply(let value): value
        }
    }
}

/// One operation of a JSON patch. Paths are JSON pointers (RFC 6901).
package enum JSONPatchOperation: Hashable, Sendable {
    case add(path: String, value: JSONValue)
    case remove(path: String)
    case replace(path: String, value: JSONValue)
    /// The whole patch fails unless the value is this one.
    case test(path: String, value: JSONValue)

    package var json: JSONValue {
        switch self {
        case .add(let path, let value): ["op": "add", "path": .string(path), "value": value]
        case .remove(let path): ["op": "remove", "path": .string(path)]
        case .replace(let path, let value): ["op": "replace", "path": .string(path), "value": value]
        case .test(let path, let value): ["op": "test", "path": .string(path), "value": value]
        }
    }
}

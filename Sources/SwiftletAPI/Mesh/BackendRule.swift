import JSON

/// Rules that all kinds of backends of a ``Mesh`` share, with Kuma's words.
enum BackendRule {
    /// Names tell backends apart.
    static func names(_ names: [String], at path: FieldPath) -> [FieldError] {
        var seen: Set<String> = []
        return names.enumerated().compactMap { index, name in
            let path = path.appending(index: index).appending(key: "name")
            if name.isEmpty { return FieldError(path, "cannot be empty") }
            return seen.insert(name).inserted
                ? nil : FieldError(path, "\"\(name)\" name is already used for another backend")
        }
    }

    /// The name of one of the backends, or nothing.
    static func reference(
        _ name: String?,
        to names: [String],
        _ message: String,
        at path: FieldPath
    ) -> [FieldError] {
        guard let name, !name.isEmpty, !names.contains(name) else { return [] }
        return [FieldError(path, message)]
    }

    static func type(_ type: String, oneOf types: [String], at path: FieldPath) -> [FieldError] {
        guard !types.contains(type) else { return [] }
        let available = types.map { "\"\($0)\"" }.joined(separator: ", ")
        return [FieldError(path.appending(key: "type"), "unknown backend type. Available backends: \(available)")]
    }
}

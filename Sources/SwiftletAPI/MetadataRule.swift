import JSON

/// What the API server demands of every object's metadata, beyond its types. Source: apimachinery's validation of `ObjectMeta`.
enum MetadataRule {
    /// All annotations of an object together, keys and values, in bytes.
    static let maximumAnnotations = 256 << 10

    /// What would be refused; nothing is said of what is no text, which the schema tells, nor of the name, for which kinds have rules.
    static func problems(of metadata: JSONValue, isNamespaced: Bool) -> [FieldError] {
        let path: FieldPath = ["metadata"]
        var errors = FieldRule.labels(texts(metadata["labels"]), at: path.appending(key: "labels"))
        errors += annotationErrors(texts(metadata["annotations"]), at: path.appending(key: "annotations"))
        errors += finalizerErrors(metadata["finalizers"]?.arrayValue ?? [], at: path.appending(key: "finalizers"))
        errors += ownerErrors(
            metadata["ownerReferences"]?.arrayValue ?? [],
            at: path.appending(key: "ownerReferences")
        )
        if isNamespaced, let namespace = metadata["namespace"]?.stringValue, !namespace.isEmpty {
            errors += FieldRule.name(namespace, .label, at: path.appending(key: "namespace"))
        }
        if let generateName = metadata["generateName"]?.stringValue, !generateName.isEmpty {
            // The server appends letters and digits, so that a hyphen or a dot may come last.
            let stem = generateName.hasSuffix("-") ? String(generateName.dropLast()) + "x" : generateName
            errors += FieldRule.name(stem, .subdomain, at: path.appending(key: "generateName"))
        }
        return errors
    }

    private static func texts(_ value: JSONValue?) -> [String: String] {
        (value?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    private static func annotationErrors(_ annotations: [String: String], at path: FieldPath) -> [FieldError] {
        let size = annotations.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        let tooMuch =
            size > maximumAnnotations
            ? [FieldError(path, "\(size) bytes in all are too many: at most \(maximumAnnotations) are allowed")] : []
        return tooMuch + FieldRule.annotations(annotations, at: path)
    }

    private static func finalizerErrors(_ finalizers: [JSONValue], at path: FieldPath) -> [FieldError] {
        let names = finalizers.map(\.stringValue)
        var errors = names.enumerated().flatMap { index, name -> [FieldError] in
            guard let name else { return [] }
            return FieldRule.name(name, .finalizer, at: path.appending(index: index))
        }
        if names.contains("orphan"), names.contains("foregroundDeletion") {
            errors.append(FieldError(path, "has orphan and foregroundDeletion: only one of them is possible"))
        }
        return errors
    }

    private static func ownerErrors(_ owners: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var controllers = 0
        for (index, owner) in owners.enumerated() where owner.objectValue != nil {
            let path = path.appending(index: index)
            for field in ["apiVersion", "kind", "name", "uid"] where owner[field]?.stringValue ?? "" == "" {
                errors.append(FieldError(path.appending(key: field), "must not be empty"))
            }
            if owner["controller"] == true { controllers += 1 }
        }
        if controllers > 1 { errors.append(FieldError(path, "only one owner can be the controller")) }
        return errors
    }
}

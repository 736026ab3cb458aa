import JSON

/// Labels and annotations of one object, with errors that name the object and the key.
struct MetadataReader {
    let object: String
    /// Of the metadata, from the root of the object.
    let path: FieldPath
    let labels: [String: String]
    let annotations: [String: String]

    init(object: String, path: FieldPath, labels: [String: String], annotations: [String: String]) {
        self.object = object
        self.path = path
        self.labels = labels
        self.annotations = annotations
    }

    init(_ namespace: NamespaceMetadata) {
        object = "Namespace \(namespace.name)"
        path = ["metadata"]
        labels = namespace.labels
        annotations = namespace.annotations
    }

    /// The label's value, else the annotation's; `nil` when there is neither.
    func labelOrAnnotation<Value>(
        _ key: String,
        _ parse: (String) throws(SettingProblem) -> Value
    ) throws(InjectionError) -> Value? {
        if let text = labels[key] { return try value(text, of: key, in: "labels", parse) }
        return try annotation(key, parse)
    }

    func annotation<Value>(
        _ key: String,
        _ parse: (String) throws(SettingProblem) -> Value
    ) throws(InjectionError) -> Value? {
        guard let text = annotations[key] else { return nil }
        return try value(text, of: key, in: "annotations", parse)
    }

    /// An annotation whose empty value counts as none, as Kuma has it of texts.
    func text<Value>(
        _ key: String,
        _ parse: (String) throws(SettingProblem) -> Value
    ) throws(InjectionError) -> Value? {
        annotations[key]?.isEmpty == false ? try annotation(key, parse) : nil
    }

    private func value<Value>(
        _ text: String,
        of key: String,
        in map: String,
        _ parse: (String) throws(SettingProblem) -> Value
    ) throws(InjectionError) -> Value {
        do throws(SettingProblem) {
            return try parse(text)
        } catch {
            throw InjectionError(
                .invalidSetting,
                object: object,
                path: path.appending(key: map).appending(key: key),
                error.message
            )
        }
    }
}

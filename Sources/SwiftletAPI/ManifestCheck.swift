import JSON
import KubeModel

/// What the schema of a kind says about one manifest; to be completed by what the kind's own rules say.
struct ManifestCheck {
    /// The manifest as it is read: see ``AcceptedForm``.
    let accepted: JSONValue
    private let schemaErrors: [FieldError]

    /// - Throws: ``SchemaError`` when the schema contradicts itself, which the tests exclude.
    init(_ manifest: JSONValue, definition: CustomResourceDefinition) throws {
        let schema = Self.schema(of: definition)
        var form = AcceptedForm()
        var accepted = form.accepted(manifest, as: schema)
        // Empty, it stands for none.
        if accepted[path: "metadata", "resourceVersion"] == "" {
            accepted[path: "metadata", "resourceVersion"] = nil
        }
        self.accepted = accepted
        var errors = try schema.check(accepted) + form.remarks
        if let metadata = accepted["metadata"] {
            errors += MetadataRule.problems(of: metadata, isNamespaced: definition.resource.isNamespaced)
        }
        let identity = [("apiVersion", definition.resource.apiVersion), ("kind", definition.resource.kind)]
        for (member, expected) in identity where manifest[member]?.stringValue != expected {
            errors.append(FieldError([.key(member)], "must be \(expected)"))
        }
        schemaErrors = errors
    }

    /// All there is to say, in document order. What the kind's rules know better than the schema is not said twice.
    func errors(with further: [FieldError]) -> [FieldError] {
        let covered = Set(further.map(\.path))
        return (schemaErrors.filter { !covered.contains($0.path) } + further).sorted { $0.path < $1.path }
    }

    /// All there is to say of a manifest that cannot be read, which is mostly said by the schema already.
    func errors(unreadable error: any Error) -> [FieldError] {
        schemaErrors.isEmpty ? [FieldError([], "\(error)")] : schemaErrors.sorted { $0.path < $1.path }
    }

    /// As ``errors(unreadable:)``.
    func errors(unreadable error: FieldError) -> [FieldError] {
        schemaErrors.isEmpty ? [error] : schemaErrors.sorted { $0.path < $1.path }
    }

    /// The schema of manifests: the definition's, with all that metadata may hold.
    private static func schema(of definition: CustomResourceDefinition) -> JSONSchema {
        var schema = definition.objectSchema
        guard case .object(var properties, var required) = schema.structure else { return schema }
        properties["metadata"] = ObjectMeta.schema
        required.insert("metadata")
        schema.structure = .object(properties: properties, required: required)
        return schema
    }
}

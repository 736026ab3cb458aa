import JSON
import KubeModel

extension WebServer {
    /// Reads a manifest strictly: what the API server would refuse, prune or default away unseen is told, and so are the rules that no
    /// schema can say (``validate()``).
    ///
    /// - Returns: the WebServer unless it does not even decode, and all there is to say, in document order.
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func check(_ manifest: JSONValue) throws -> (webServer: WebServer?, errors: [FieldError]) {
        var errors = try manifestSchema().check(manifest)
        let identity: [(String, String)] = [("apiVersion", resource.apiVersion), ("kind", resource.kind)]
        for (member, expected) in identity where manifest[member]?.stringValue != expected {
            errors.append(FieldError([.key(member)], "must be \(expected)"))
        }
        do {
            let webServer = try WebServer(manifest)
            let further = webServer.validate()
            // What is known better is not said twice.
            let covered = Set(further.map(\.path))
            return (webServer, (errors.filter { !covered.contains($0.path) } + further).sorted { $0.path < $1.path })
        } catch {
            if errors.isEmpty { errors.append(FieldError([], "\(error)")) }
            return (nil, errors.sorted { $0.path < $1.path })
        }
    }

    /// What is wrong with this WebServer beyond what the schema already excludes.
    package func validate() -> [FieldError] {
        var errors: [FieldError] = []
        if let problem = NameRule.label1035.problem(with: metadata.name) {
            errors.append(FieldError(["metadata", "name"], "\(problem): the Service gets this name"))
        }
        return errors + spec.validate(at: ["spec"])
    }

    /// The schema of manifests: the definition's, with all that metadata may hold.
    private static func manifestSchema() throws -> JSONSchema {
        var schema = try definition().objectSchema
        guard case .object(var properties, var required) = schema.structure else { return schema }
        properties["metadata"] = ObjectMeta.schema
        required.insert("metadata")
        schema.structure = .object(properties: properties, required: required)
        return schema
    }
}

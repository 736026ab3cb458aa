import JSON
import KubeModel

extension Mesh {
    /// Reads a manifest strictly: what the API server would refuse, prune or default away unseen is told, and so are the rules that no
    /// schema can say (``validate()``).
    ///
    /// - Returns: the Mesh unless it cannot be read, and all there is to say, in document order.
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func check(_ manifest: JSONValue) throws -> (mesh: Mesh?, errors: [FieldError]) {
        let manifestCheck = try ManifestCheck(manifest, definition: definition())
        do {
            let mesh = try Mesh(manifestCheck.accepted)
            if let unreadable = mesh.unreadable { return (nil, manifestCheck.errors(unreadable: unreadable)) }
            return (mesh, manifestCheck.errors(with: mesh.validate()))
        } catch {
            return (nil, manifestCheck.errors(unreadable: error))
        }
    }

    /// What is wrong with this Mesh, also if it was stored before any schema could refuse it. Kuma's rules and words (2.14).
    package func validate() -> [FieldError] {
        // Names of proxies are <mesh>.<pod>.<namespace>, so that a dot in the first would make them ambiguous.
        let nameErrors = FieldRule.name(metadata.name, .label, at: ["metadata", "name"])
        return nameErrors + (unreadable.map { [$0] } ?? spec.validate(at: ["spec"])) + remarks
    }
}

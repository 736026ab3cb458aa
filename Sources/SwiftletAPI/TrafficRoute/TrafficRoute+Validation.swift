import JSON
import KubeModel

extension TrafficRoute {
    /// Reads a manifest strictly: what the API server would refuse, prune or default away unseen is told, and so are the rules that no
    /// schema can say (``validate()``).
    ///
    /// - Returns: the TrafficRoute unless it cannot be read, and all there is to say, in document order.
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func check(_ manifest: JSONValue) throws -> (trafficRoute: TrafficRoute?, errors: [FieldError]) {
        let manifestCheck = try ManifestCheck(manifest, definition: definition())
        do {
            let accepted = manifestCheck.accepted
            let route = try TrafficRoute(accepted)
            if let unreadable = route.unreadable { return (nil, manifestCheck.errors(unreadable: unreadable)) }
            let misplaced = misplacedMesh(in: manifest)
            // The schema has said all there is to say of a spec that is missing.
            return (route, manifestCheck.errors(with: misplaced + (accepted["spec"] == nil ? [] : route.validate())))
        } catch {
            return (nil, manifestCheck.errors(unreadable: error))
        }
    }

    /// A mesh where most other kinds would have it.
    private static func misplacedMesh(in manifest: JSONValue) -> [FieldError] {
        // The API server refuses what it does not know of metadata; Kuma takes no notice of what it does not know of a spec.
        [("metadata", FieldError.Severity.error), ("spec", .warning)].filter { manifest[path: $0.0, "mesh"] != nil }.map
        {
            FieldError(
                [.key($0.0), "mesh"],
                "is unknown: mesh belongs beside metadata and spec",
                severity: $0.1
            )
        }
    }

    /// What is wrong with this TrafficRoute, also if it was stored before any schema could refuse it. Kuma's rules and words (2.14).
    ///
    /// A TrafficRoute with errors decides nothing.
    package func validate() -> [FieldError] {
        if let unreadable { return [unreadable] }
        return FieldRule.name(mesh, .label, at: ["mesh"]) + spec.validate(at: ["spec"]) + remarks
    }
}

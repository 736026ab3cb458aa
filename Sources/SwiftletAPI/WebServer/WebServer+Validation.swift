import JSON
import KubeModel

extension WebServer {
    /// A manifest without what the API server would leave out of it, see ``AcceptedForm``.
    ///
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func accepted(_ manifest: JSONValue) throws -> JSONValue {
        try ManifestCheck(manifest, definition: definition()).accepted
    }

    /// Reads a manifest strictly: what the API server would refuse, prune or default away unseen is told, and so are the rules that no
    /// schema can say (``validate()``).
    ///
    /// - Parameter allowed: the annotations that its Ingress may have.
    /// - Returns: the WebServer unless it does not even decode, and all there is to say, in document order.
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func check(
        _ manifest: JSONValue,
        allowed: IngressAnnotations = .standard
    ) throws -> (webServer: WebServer?, errors: [FieldError]) {
        let manifestCheck = try ManifestCheck(manifest, definition: definition())
        do {
            let webServer = try WebServer(manifestCheck.accepted)
            return (webServer, manifestCheck.errors(with: webServer.validate(allowed: allowed)))
        } catch {
            return (nil, manifestCheck.errors(unreadable: error))
        }
    }

    /// What is wrong with this WebServer beyond what the schema already excludes.
    ///
    /// - Parameter allowed: the annotations that its Ingress may have.
    package func validate(allowed: IngressAnnotations = .standard) -> [FieldError] {
        var errors: [FieldError] = []
        if let problem = NameRule.label1035.problem(with: metadata.name) {
            errors.append(FieldError(["metadata", "name"], "\(problem): the Service gets this name"))
        }
        return errors + spec.validate(at: ["spec"], namespace: metadata.namespace, allowed: allowed)
    }
}

import JSON
import KubeModel
import SwiftletAPI

/// A WebServer from a manifest that was found to be right.
struct CheckedWebServer {
    /// The manifest as the API server would store it: without what is null.
    var manifest: DynamicObject
    /// What is legal but unwise, with file and line.
    let warnings: [String]

    /// - Parameter allowed: the annotations that Ingresses may have.
    /// - Throws: ``ManifestError`` naming file, line, object and field of everything that is wrong.
    init(_ manifest: Manifest, allowed: IngressAnnotations = .standard) throws {
        let (webServer, findings) = try WebServer.check(manifest.object.value, allowed: allowed)
        let errors = findings.filter { $0.severity == .error }.map {
            manifest.error(at: $0.path, $0.message).description
        }
        guard webServer != nil, errors.isEmpty else { throw ManifestError(errors.joined(separator: "\nerror: ")) }
        self.manifest = manifest.object
        self.manifest.value = try WebServer.accepted(manifest.object.value)
        warnings = findings.map { manifest.error(at: $0.path, $0.message).description }
    }
}

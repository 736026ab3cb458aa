import JSON
import KubeModel
import SwiftletAPI

/// A WebServer from a manifest that was found to be right.
struct CheckedWebServer {
    let webServer: WebServer
    /// The manifest as the API server would store it: without what is null.
    let accepted: JSONValue
    /// What is legal but unwise, with file and line.
    let warnings: [String]

    /// - Throws: ``ManifestError`` naming file, line, object and field of everything that is wrong.
    init(_ manifest: Manifest) throws {
        let (webServer, findings) = try WebServer.check(manifest.object.value)
        let errors = findings.filter { $0.severity == .error }.map {
            manifest.error(at: $0.path, $0.message).description
        }
        guard let webServer, errors.isEmpty else { throw ManifestError(errors.joined(separator: "\nerror: ")) }
        self.webServer = webServer
        accepted = try WebServer.accepted(manifest.object.value)
        warnings = findings.map { manifest.error(at: $0.path, $0.message).description }
    }
}

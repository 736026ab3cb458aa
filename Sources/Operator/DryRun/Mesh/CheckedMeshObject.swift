import JSON
import KubeModel
import SwiftletAPI

/// A Mesh or a TrafficRoute from a manifest that was found to be right.
struct CheckedMeshObject {
    let resource: APIResource
    /// What is legal but unwise, with file and line.
    let warnings: [String]

    /// The kinds that are foreseen here.
    static let resources = [Mesh.resource, TrafficRoute.resource]

    static func isOne(_ manifest: Manifest) -> Bool {
        resources.contains { $0.groupKind == manifest.object.groupVersionKind.groupKind }
    }

    /// - Throws: ``ManifestError`` naming file, line, object and field of everything that is wrong.
    init(_ manifest: Manifest) throws {
        let kind = manifest.object.groupVersionKind
        guard let resource = Self.resources.first(where: { $0.groupKind == kind.groupKind }) else {
            throw manifest.error(at: ["kind"], "neither a Mesh nor a TrafficRoute")
        }
        guard kind.apiVersion == resource.apiVersion else {
            throw manifest.error(at: ["apiVersion"], "unknown version; \(resource.apiVersion) is the one there is")
        }
        self.resource = resource
        let findings = try Self.findings(manifest.object.value, resource)
        let errors = findings.filter { $0.severity == .error }.map {
            manifest.error(at: $0.path, $0.message).description
        }
        guard errors.isEmpty else { throw ManifestError(errors.joined(separator: "\nerror: ")) }
        warnings = findings.map { manifest.error(at: $0.path, $0.message).description }
    }

    private static func findings(_ value: JSONValue, _ resource: APIResource) throws -> [FieldError] {
        guard resource == Mesh.resource else { return try TrafficRoute.check(value).errors }
        let (mesh, errors) = try Mesh.check(value)
        return errors + (mesh.map(MeshReview.inactive) ?? [])
    }
}

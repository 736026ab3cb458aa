import KubeModel
import KubeRuntime
import SwiftletAPI

/// An object that becomes configuration of proxies.
enum ProgrammedKey: ReconcileKey {
    case mesh(String)
    case route(String)

    var resource: APIResource {
        switch self {
        case .mesh: Mesh.resource
        case .route: TrafficRoute.resource
        }
    }

    /// Both kinds are cluster-scoped.
    var key: ObjectKey {
        switch self {
        case .mesh(let name), .route(let name): ObjectKey(namespace: "", name: name)
        }
    }

    var objectKey: ObjectKey { key }
    var kind: String? { resource.kind }

    /// `Mesh default`.
    var description: String { "\(resource.kind) \(key.name)" }
}

import Dataplanes
import KubeModel
import SwiftletAPI

/// One change of what meshes follow from.
enum MeshInput: Sendable {
    case pod(Pod), podGone(ObjectKey)
    case service(KubeService), serviceGone(ObjectKey)
    case slice(EndpointSlice), sliceGone(ObjectKey)
    case namespace(Namespace), namespaceGone(String)
    case node(String, labels: [String: String]), nodeGone(String)
    case mesh(Mesh), meshGone(String)
    case route(TrafficRoute), routeGone(String)
}

extension MeshInput {
    /// The object whose status it concerns.
    var programmedKey: ProgrammedKey? {
        switch self {
        case .mesh(let mesh): .mesh(mesh.metadata.name)
        case .meshGone(let name): .mesh(name)
        case .route(let route): .route(route.metadata.name)
        case .routeGone(let name): .route(name)
        default: nil
        }
    }
}

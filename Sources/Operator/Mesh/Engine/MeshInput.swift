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

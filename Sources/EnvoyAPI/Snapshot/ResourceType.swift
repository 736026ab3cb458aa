/// The kinds of resources that are pushed to Envoy, in the order in which a change is pushed.
package enum ResourceType: Int, Hashable, Sendable, CaseIterable, Comparable {
    case cluster, endpoint, secret, listener, route

    /// As it stands in requests, responses and `Any`.
    package var typeURL: String {
        switch self {
        case .cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster"
        case .endpoint: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
        case .secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"
        case .listener: "type.googleapis.com/envoy.config.listener.v3.Listener"
        case .route: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
        }
    }

    package init?(typeURL: String) {
        guard let type = Self.allCases.first(where: { $0.typeURL == typeURL }) else { return nil }
        self = type
    }

    package static func < (left: ResourceType, right: ResourceType) -> Bool { left.rawValue < right.rawValue }
}

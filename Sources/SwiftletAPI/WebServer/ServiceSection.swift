/// The Service of a ``WebServer``.
package struct ServiceSection: SchemaObject {
    @Default<ClusterIP> package var type: ServiceType
    @Default<Port> package var port: Int
    @Default<Defaults.NoMembers> package var annotations: [String: String]

    package init() {}

    package enum ClusterIP: DefaultValue { package static let value = ServiceType.clusterIP }
    package enum Port: DefaultValue { package static let value = 80 }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case type, port, annotations
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .type:
            FieldDocumentation(
                """
                Who can reach the Service: ClusterIP from inside the cluster, NodePort on a port of every node, LoadBalancer through a \
                load balancer of the cloud.
                """
            )
        case .port:
            FieldDocumentation("Port of the Service; it leads to the container's port.").port()
        case .annotations:
            FieldDocumentation("Annotations of the Service, such as those that load balancers read.")
        }
    }
}

/// Who can reach a Service.
package enum ServiceType: String, StringEnum {
    case clusterIP = "ClusterIP"
    case nodePort = "NodePort"
    case loadBalancer = "LoadBalancer"
}

/// The Ingress of a ``WebServer``.
package struct IngressSection: SchemaObject {
    /// `nil` for all hosts.
    package var host: String?
    /// `nil` for the cluster's default class.
    package var ingressClass: String?
    @Default<Root> package var path: String
    @Default<Prefix> package var pathType: IngressPathType
    @Default<Defaults.NoMembers> package var annotations: [String: String]
    package var tls: IngressTLSSection?

    package init(host: String? = nil) {
        self.host = host
    }

    package enum Root: DefaultValue { package static let value = "/" }
    package enum Prefix: DefaultValue { package static let value = IngressPathType.prefix }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case host, ingressClass, path, pathType, annotations, tls
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .host:
            FieldDocumentation(
                "DNS name that requests must be for, such as www.example.com or *.example.com. Any name if not given."
            ).maxLength(253)
        case .ingressClass:
            FieldDocumentation(
                "IngressClass whose controller serves this Ingress, such as nginx. The cluster's default class if not given."
            ).maxLength(253)
        case .path:
            FieldDocumentation("Path that requests must have; starts with a slash.").pattern("^/")
        case .pathType:
            FieldDocumentation(
                """
                How path is compared: Prefix by whole path elements, Exact literally, ImplementationSpecific as the ingress controller \
                likes.
                """
            )
        case .annotations:
            FieldDocumentation("Annotations of the Ingress, which many controllers read settings from.")
        case .tls:
            FieldDocumentation("Serves HTTPS. Only HTTP if not given.")
        }
    }
}

/// How an Ingress compares paths.
package enum IngressPathType: String, StringEnum {
    case prefix = "Prefix"
    case exact = "Exact"
    case implementationSpecific = "ImplementationSpecific"
}

/// HTTPS at the Ingress of a ``WebServer``.
package struct IngressTLSSection: SchemaObject {
    package var secretName: String

    package init(secretName: String) {
        self.secretName = secretName
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case secretName
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .secretName:
            FieldDocumentation(
                "Secret of type kubernetes.io/tls in this namespace with the certificate for host and its key."
            ).nonEmpty().maxLength(253)
        }
    }
}

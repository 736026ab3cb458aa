import JSON

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
            FieldDocumentation("Path that requests must have; starts with a slash. All paths if empty.").pattern(
                "^$|^/"
            )
        case .pathType:
            FieldDocumentation(
                """
                How path is compared: Prefix by whole path elements, Exact literally, ImplementationSpecific as the ingress controller \
                likes.
                """
            )
        case .annotations:
            FieldDocumentation(
                """
                Annotations of the Ingress, which many controllers read settings from. Only those are allowed that concern this host and \
                path alone, and those that an administrator allows. kubernetes.io/ingress.class cannot be set together with ingressClass.
                """
            )
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

extension IngressSection {
    /// The older way to name a class.
    package static let classAnnotation = "kubernetes.io/ingress.class"

    /// All classes that are named, by field or by annotation; empty for the cluster's default class.
    package var classNames: Set<String> {
        Set([ingressClass, annotations[Self.classAnnotation]].compactMap(\.self))
    }

    /// - Parameters:
    ///   - namespace: of the WebServer.
    ///   - allowed: the annotations that are allowed.
    func validate(at path: FieldPath, namespace: String, allowed: IngressAnnotations) -> [FieldError] {
        var errors: [FieldError] = []
        if let host, let problem = Self.problem(withHost: host) {
            errors.append(FieldError(path.appending(key: "host"), problem))
        }
        if let ingressClass { errors += FieldRule.name(ingressClass, at: path.appending(key: "ingressClass")) }
        errors += pathErrors(at: path.appending(key: "path"))
        errors += FieldRule.annotations(annotations, at: path.appending(key: "annotations"))
        errors += allowed.errors(annotations, namespace: namespace, at: path.appending(key: "annotations"))
        // On an update the API server lets both pass, and controllers disagree about which one counts.
        if ingressClass != nil, annotations[Self.classAnnotation] != nil {
            errors.append(
                FieldError(
                    path.appending(key: "annotations").appending(key: Self.classAnnotation),
                    "cannot be set together with ingressClass, as the API server refuses such an Ingress: remove the annotation"
                )
            )
        }
        if let tls {
            errors += FieldRule.name(tls.secretName, at: path.appending(key: "tls").appending(key: "secretName"))
        }
        return errors
    }

    private func pathErrors(at field: FieldPath) -> [FieldError] {
        guard path.hasPrefix("/") else { return [FieldError(field, "\"\(path)\" is not allowed: must start with /")] }
        guard pathType != .implementationSpecific else { return [] }
        // The API server's rule for paths that are compared by elements.
        let forbidden = ["//", "/./", "/../", "%2f", "%2F"].first { path.contains($0) }
        let ending = ["/..", "/."].first { path.hasSuffix($0) }
        return (forbidden ?? ending).map {
            [
                FieldError(
                    field,
                    "\"\(path)\" is not allowed: must not contain \"\($0)\" with pathType \(pathType.rawValue)"
                )
            ]
        } ?? []
    }

    private static func problem(withHost host: String) -> String? {
        let name = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
        if name.contains("*") {
            return "\"\(host)\" is not allowed: a wildcard stands for the whole first part, such as *.example.com"
        }
        if name.contains(":") || name.contains("/") {
            return "\"\(host)\" is not allowed: only the DNS name, without scheme, port and path"
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) {
            return "\"\(host)\" is not allowed: must be a DNS name, not an IP address"
        }
        return NameRule.subdomain.problem(with: name)
    }
}

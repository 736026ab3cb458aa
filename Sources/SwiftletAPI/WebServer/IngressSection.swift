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

extension IngressSection {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if let host, let problem = Self.problem(withHost: host) {
            errors.append(FieldError(path.appending(key: "host"), problem))
        }
        if let ingressClass { errors += FieldRule.name(ingressClass, at: path.appending(key: "ingressClass")) }
        errors += pathErrors(at: path.appending(key: "path"))
        errors += FieldRule.annotations(annotations, at: path.appending(key: "annotations"))
        errors += Self.reachErrors(annotations, at: path.appending(key: "annotations"))
        if let tls {
            errors += FieldRule.name(tls.secretName, at: path.appending(key: "tls").appending(key: "secretName"))
        }
        return errors
    }

    /// Annotations by which an Ingress gets at more than its own host and path. The operator must not lend its rights for them.
    private static func reachErrors(_ annotations: [String: String], at path: FieldPath) -> [FieldError] {
        annotations.keys.sorted().compactMap { key in
            let name = key.split(separator: "/").last.map { $0.lowercased() } ?? ""
            let field = path.appending(key: key)
            if name.hasSuffix("snippet") || name.hasSuffix("snippets") {
                return FieldError(
                    field,
                    "is not allowed: it puts configuration into the ingress controller, which serves others too"
                )
            }
            if name == "server-alias" {
                return FieldError(field, "is not allowed: it takes further hosts. Make a WebServer for each")
            }
            return nil
        }
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

import JSON
import KubeModel
import Operator

/// One verb on one kind in one place, granted by a role or asked for.
struct GrantedRight: Hashable, CustomStringConvertible {
    /// `nil` for all namespaces.
    var namespace: String?
    var group: String
    /// `pods` or `pods/eviction`.
    var resource: String
    var verb: String
    /// `nil` for all objects.
    var name: String?

    var description: String {
        "\(verb) \(resource).\(group) \(name ?? "") in \(namespace ?? "all namespaces")"
    }

    /// What the roles among these objects grant.
    static func all(in objects: [JSONValue]) -> Set<GrantedRight> {
        let roles = objects.filter { ["Role", "ClusterRole"].contains($0["kind"]?.stringValue) }
        return Set(
            roles.flatMap { role in
                (role["rules"]?.arrayValue ?? []).flatMap { rule in
                    rights(of: rule, in: role[path: "metadata", "namespace"]?.stringValue)
                }
            }
        )
    }

    private static func rights(of rule: JSONValue, in namespace: String?) -> [GrantedRight] {
        func texts(_ member: String) -> [String] { (rule[member]?.arrayValue ?? []).compactMap(\.stringValue) }
        let names: [String?] = rule["resourceNames"] == nil ? [nil] : texts("resourceNames")
        return texts("apiGroups").flatMap { group in
            texts("resources").flatMap { resource in
                texts("verbs").flatMap { verb in
                    names.map {
                        GrantedRight(namespace: namespace, group: group, resource: resource, verb: verb, name: $0)
                    }
                }
            }
        }
    }

    /// What the doctor asks for.
    static func all(of settings: InstallSettings, operatorNamespace: String) -> Set<GrantedRight> {
        let needed =
            settings.rights(operatorNamespace: operatorNamespace) + settings.rightsAtHome(operatorNamespace)
        return Set(
            needed.flatMap { right in
                right.permission.verbs.map { verb in
                    GrantedRight(
                        namespace: right.namespace,
                        group: right.permission.resource.group,
                        resource: [right.permission.resource.plural, right.permission.subresource].compactMap(\.self)
                            .joined(separator: "/"),
                        verb: verb,
                        name: right.permission.names.first
                    )
                }
            }
        )
    }
}

import JSON
import KubeModel

/// The roles with exactly the operator's permissions.
package enum OperatorRoles {
    package static let name = "swiftlet"

    /// All that an operator needs that looks after the whole cluster and registers its webhooks itself.
    package static func objects(operatorNamespace: String) -> [DynamicObject] {
        [
            role("ClusterRole", nil, Permission.all + Permission.registration),
            role("Role", operatorNamespace, Permission.ofOperatorNamespace),
        ]
    }

    /// Rules for the chart, by feature and place: it grants those of the features that are on.
    package static var rulesByFeature: JSONValue {
        var features: [String: JSONValue] = [:]
        for feature in OperatorFeature.allCases {
            let byPlace = Dictionary(grouping: feature.permissions, by: \.place)
            features[feature.rawValue] = .object(
                Dictionary(uniqueKeysWithValues: byPlace.map { ($0.rawValue, .array($1.map(rule))) })
            )
        }
        return .object(features)
    }

    private static func role(_ kind: String, _ namespace: String?, _ permissions: [Permission]) -> DynamicObject {
        DynamicObject([
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(kind),
            "metadata": .compact([
                "name": .string(name), "namespace": namespace.map(JSONValue.string),
                "labels": ["app.kubernetes.io/name": "swiftlet"],
            ]),
            "rules": .array(permissions.map(rule)),
        ])
    }

    private static func rule(_ permission: Permission) -> JSONValue {
        let resource = permission.resource
        return .compact([
            "apiGroups": [.string(resource.group)],
            "resources": [.string(permission.subresource.map { "\(resource.plural)/\($0)" } ?? resource.plural)],
            "resourceNames": permission.names.isEmpty ? nil : .strings(permission.names),
            "verbs": .strings(permission.verbs),
        ])
    }
}

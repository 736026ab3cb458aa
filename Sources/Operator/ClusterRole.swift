import JSON
import KubeModel

/// The ClusterRole with exactly the operator's permissions.
package enum ClusterRole {
    package static let name = "swiftlet"

    package static func object(_ permissions: [Permission]) -> DynamicObject {
        DynamicObject([
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": ["name": .string(name), "labels": ["app.kubernetes.io/name": "swiftlet"]],
            "rules": .array(
                permissions.map { permission in
                    let resource = permission.resource
                    return [
                        "apiGroups": [.string(resource.group)],
                        "resources": [
                            .string(permission.subresource.map { "\(resource.plural)/\($0)" } ?? resource.plural)
                        ],
                        "verbs": .strings(permission.verbs),
                    ]
                }
            ),
        ])
    }
}

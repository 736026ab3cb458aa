import KubeModel
import SwiftletAPI

/// What is to be removed.
package struct UninstallScope: Hashable, Sendable {
    /// Where the operator is.
    package var operatorNamespace: String
    /// The Lease by which it is seen whether an operator runs.
    package var leaseName = "swiftlet"
    /// Whether the operator goes, with its roles, certificates and everything else that is labelled as its own.
    package var removesOperator = false
    /// Whether the Secret of the certificates goes with the operator. Running sidecars trust the authority in it: without it, an operator that is
    /// installed again has another one.
    package var removesCertificates = false
    /// Whether the definitions go, and with them all WebServers, Meshes and TrafficRoutes.
    package var removesDefinitions = false

    package init(operatorNamespace: String) { self.operatorNamespace = operatorNamespace }

    static let label = "app.kubernetes.io/name"
    static let selector = LabelSelector(matchLabels: [label: "swiftlet"])

    /// They come first: without the operator, one that fails closed keeps pods from starting. Known by their names, whoever wrote them; by
    /// the same names there may be those of an operator in another namespace.
    var webhooks: [(resource: APIResource, name: String)] {
        [
            (.mutatingWebhookConfigurations, InjectorWebhooks.name),
            (.validatingWebhookConfigurations, ValidatorWebhooks.name),
            (
                .validatingWebhookConfigurations,
                ValidatorWebhooks.name(namespaces: [operatorNamespace], operatorNamespace: operatorNamespace)
            ),
        ]
    }

    /// What is looked through for the label, in the order of removal: whoever runs goes before what it needs.
    static let operatorKinds: [APIResource] = [
        .deployments, .podDisruptionBudgets, .services, networkPolicies, .configMaps, .secrets, .leases, roleBindings,
        roles, serviceAccounts, clusterRoleBindings, clusterRoles,
    ]

    static let definitions = [WebServer.resource, Mesh.resource, TrafficRoute.resource]

    private static let networkPolicies = APIResource(
        group: "networking.k8s.io",
        version: "v1",
        kind: "NetworkPolicy",
        plural: "networkpolicies"
    )
    private static let serviceAccounts = APIResource(
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts"
    )
    private static let roles = role("Role", "roles")
    private static let roleBindings = role("RoleBinding", "rolebindings")
    private static let clusterRoles = role("ClusterRole", "clusterroles", isNamespaced: false)
    private static let clusterRoleBindings = role("ClusterRoleBinding", "clusterrolebindings", isNamespaced: false)

    private static func role(_ kind: String, _ plural: String, isNamespaced: Bool = true) -> APIResource {
        APIResource(
            group: "rbac.authorization.k8s.io",
            version: "v1",
            kind: kind,
            plural: plural,
            isNamespaced: isNamespaced
        )
    }
}

import JSON
import KubeModel

/// The registration of the injector with the API server: which pods it is asked about, and what happens when it cannot be reached.
///
/// Selectors see labels only. Where a label asks for a sidecar, the webhook fails closed: a pod without its sidecar would be outside the
/// mesh, unencrypted and unrouted, and nobody would notice. Everywhere else it is asked as well, since an annotation may ask, but fails
/// open: a dead operator never keeps another namespace, least of all `kube-system`, from starting pods. ``NamespaceMirror`` moves annotated
/// namespaces from the second group into the first.
package struct InjectorWebhooks: Sendable {
    package static let name = "swiftlet-injector"
    package static let path = "/inject-sidecar"

    package var target: WebhookTarget
    /// See ``WebhookTarget/clientConfig(path:bundle:)``.
    package var bundle: String?
    /// How long the API server waits for an answer before it counts as unreachable.
    package var timeoutSeconds: Int64 = 10
    /// Namespaces that it is never asked about, such as the operator's own, whose pods could not start for want of an answer.
    package var excludedNamespaces: [String] = []

    package init(target: WebhookTarget, bundle: String? = nil) {
        self.target = target
        self.bundle = bundle
    }

    package var configuration: WebhookConfiguration {
        WebhookConfiguration(
            resource: .mutatingWebhookConfigurations,
            name: Self.name,
            webhooks: [
                webhook(
                    "namespaces",
                    namespaces: [requirement("In", ["enabled", "true", "yes"])],
                    pods: [requirement("NotIn", ["disabled", "false", "no"])],
                    failsClosed: true
                ),
                webhook(
                    "pods",
                    namespaces: [requirement("NotIn", ["enabled", "true", "yes"])],
                    pods: [requirement("In", ["enabled", "true", "yes"])],
                    failsClosed: true
                ),
                webhook(
                    "annotated",
                    namespaces: [requirement("NotIn", ["enabled", "true", "yes"])],
                    pods: [requirement("DoesNotExist", [])],
                    failsClosed: false
                ),
            ]
        )
    }

    private func requirement(_ comparison: String, _ values: [String]) -> JSONValue {
        .compact([
            "key": .string(NamespaceMirror.key), "operator": .string(comparison),
            "values": values.isEmpty ? nil : .strings(values),
        ])
    }

    private var exclusions: [JSONValue] {
        guard !excludedNamespaces.isEmpty else { return [] }
        return [
            [
                "key": "kubernetes.io/metadata.name", "operator": "NotIn",
                "values": .strings(Set(excludedNamespaces).sorted()),
            ]
        ]
    }

    private func webhook(
        _ name: String,
        namespaces: [JSONValue],
        pods: [JSONValue],
        failsClosed: Bool
    ) -> JSONValue {
        [
            "name": .string("\(name).injector.swiftlet.phys.app"),
            "admissionReviewVersions": ["v1"],
            "clientConfig": target.clientConfig(path: Self.path, bundle: bundle),
            "failurePolicy": failsClosed ? "Fail" : "Ignore",
            "matchPolicy": "Equivalent",
            "namespaceSelector": ["matchExpressions": .array(namespaces + exclusions)],
            "objectSelector": ["matchExpressions": .array(pods)],
            // A later webhook may add containers: the pod is then looked at again, and found injected.
            "reinvocationPolicy": "Never",
            "rules": [
                [
                    "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"],
                    "scope": "Namespaced",
                ]
            ],
            "sideEffects": "None",
            // Whoever waits for nothing should not wait long.
            "timeoutSeconds": .int(failsClosed ? timeoutSeconds : min(timeoutSeconds, 3)),
        ]
    }
}

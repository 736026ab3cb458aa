import FoundationEssentials
import JSON
import KubeModel

/// The registration of the injector with the API server: which pods it is asked about, and what happens when it cannot be reached.
///
/// Selectors see labels only. Where a label asks for a sidecar, the webhook fails closed: a pod without its sidecar would be outside the
/// mesh, unencrypted and unrouted, and nobody would notice. Everywhere else it is asked as well, since an annotation may ask, but fails
/// open: a dead operator never keeps another namespace, least of all `kube-system`, from starting pods. ``NamespaceMirror`` moves annotated
/// namespaces from the second group into the first.
package struct InjectorWebhooks: Sendable {
    /// Where the API server finds the webhook.
    package enum Target: Hashable, Sendable {
        /// An `https` URL up to the path, such as `https://127.0.0.1:9443`: for an operator outside the cluster.
        case url(String)
        case service(ObjectKey, port: UInt16)
    }

    package static let name = "swiftlet-injector"
    /// Field manager of the registration.
    package static let manager = "swiftlet-injection"
    package static let path = "/inject-sidecar"

    package var target: Target
    /// PEM of the authorities that the webhook's certificate is verified by.
    package var bundle: String
    /// How long the API server waits for an answer before it counts as unreachable.
    package var timeoutSeconds: Int64 = 10

    package init(target: Target, bundle: String) {
        self.target = target
        self.bundle = bundle
    }

    /// The `MutatingWebhookConfiguration` to apply.
    package var object: JSONValue {
        [
            "apiVersion": .string(APIResource.mutatingWebhookConfigurations.apiVersion),
            "kind": .string(APIResource.mutatingWebhookConfigurations.kind),
            "metadata": [
                "name": .string(Self.name),
                "labels": ["app.kubernetes.io/name": "swiftlet", "app.kubernetes.io/part-of": "swiftlet"],
            ],
            "webhooks": [
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
            ],
        ]
    }

    private func requirement(_ comparison: String, _ values: [String]) -> JSONValue {
        .compact([
            "key": .string(NamespaceMirror.key), "operator": .string(comparison),
            "values": values.isEmpty ? nil : .strings(values),
        ])
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
            "clientConfig": clientConfig,
            "failurePolicy": failsClosed ? "Fail" : "Ignore",
            "matchPolicy": "Equivalent",
            "namespaceSelector": ["matchExpressions": .array(namespaces)],
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

    private var clientConfig: JSONValue {
        let bundle = JSONValue.string(Data(bundle.utf8).base64EncodedString())
        return switch target {
        case .url(let url): ["url": .string(url + Self.path), "caBundle": bundle]
        case .service(let key, let port):
            [
                "service": [
                    "namespace": .string(key.namespace), "name": .string(key.name), "path": .string(Self.path),
                    "port": .int(Int64(port)),
                ],
                "caBundle": bundle,
            ]
        }
    }

    /// Whether what is stored says all that this says, bundles aside, which the keeper of certificates keeps.
    func isRegistered(in stored: DynamicObject?) -> Bool {
        guard let present = stored?.value["webhooks"], let wanted = object["webhooks"] else { return false }
        return Self.says(present, wanted)
    }

    /// The server adds defaults to what it stores.
    private static func says(_ stored: JSONValue, _ wanted: JSONValue) -> Bool {
        if let members = wanted.objectValue {
            return members.allSatisfy { name, value in
                name == "caBundle" || stored[name].map { says($0, value) } ?? false
            }
        }
        if let elements = wanted.arrayValue {
            guard let present = stored.arrayValue, present.count == elements.count else { return false }
            return zip(present, elements).allSatisfy { says($0, $1) }
        }
        return stored == wanted
    }
}

import JSON
import KubeModel

/// An install as a cluster shows it.
package struct InstallState: Sendable {
    /// Where it is looked for, and what whoever asks knows better than its own arguments.
    package struct Place: Hashable, Sendable {
        /// Of the operator.
        package var namespace: String
        package var service: String?
        package var lease: String?
        package var certificateSecret: String?

        package init(
            namespace: String = "swiftlet-system",
            service: String? = nil,
            lease: String? = nil,
            certificateSecret: String? = nil
        ) {
            self.namespace = namespace
            self.service = service
            self.lease = lease
            self.certificateSecret = certificateSecret
        }
    }

    /// What the parts are called.
    struct Names: Hashable, Sendable {
        /// Of the operator.
        var namespace: String
        /// Of its Service.
        var service: String
        var lease: String
        var secret: String
    }

    package var place: Place
    package var now: Timestamp
    package var namespace: Observed<JSONValue> = .absent
    /// The CustomResourceDefinitions that this program knows, by name.
    package var definitions: [String: Observed<JSONValue>] = [:]
    /// With the operator's label, in its namespace.
    package var deployments: Observed<[JSONValue]> = .absent
    package var pods: Observed<[JSONValue]> = .absent
    /// What each running pod answers to `/readyz?verbose`, by name.
    package var readiness: [String: Observed<String>] = [:]
    package var lease: Observed<JSONValue> = .absent
    package var service: Observed<JSONValue> = .absent
    /// Whether a ready pod is behind the Service.
    package var hasReadyEndpoint: Observed<Bool> = .absent
    package var secret: Observed<JSONValue> = .absent
    /// By `Kind name`.
    package var webhooks: [WebhookKey: Observed<JSONValue>] = [:]
    package var webServers: Observed<[JSONValue]> = .absent
    package var meshes: Observed<[JSONValue]> = .absent
    package var routes: Observed<[JSONValue]> = .absent
    /// Namespaces whose label asks for sidecars.
    package var meshNamespaces: Observed<[JSONValue]> = .absent
    /// Pods of namespaces that ask for sidecars.
    package var meshPods: Observed<[JSONValue]> = .absent
    /// The ConfigMaps by which those pods learn whom to trust, by namespace.
    package var trustBundles: [String: Observed<JSONValue>] = [:]

    package init(place: Place = Place(), now: Timestamp) {
        self.place = place
        self.now = now
    }

    package struct WebhookKey: Hashable, Sendable, Comparable, CustomStringConvertible {
        package var kind: String
        package var name: String

        package init(kind: String, name: String) { (self.kind, self.name) = (kind, name) }

        package var description: String { "\(kind) \(name)" }

        /// Whether it asks about new pods.
        var isInjector: Bool { kind == APIResource.mutatingWebhookConfigurations.kind }

        package static func < (left: Self, right: Self) -> Bool { (left.kind, left.name) < (right.kind, right.name) }
    }

    /// Whether there is an operator in the cluster, up or not.
    var isInstalled: Bool { deployments.value?.isEmpty == false || pods.value?.isEmpty == false }

    /// What the operator was told to do.
    var settings: InstallSettings {
        (deployments.value?.first.map(InstallSettings.init(deployment:)) ?? .unseen).with(place)
    }

    var names: Names {
        let settings = settings
        return Names(
            namespace: place.namespace,
            service: settings.service,
            lease: settings.lease,
            secret: settings.secret
        )
    }

    /// As whom the operator asks the API server; `nil` when it is not in the cluster.
    var serviceAccount: String? {
        guard let spec = deployments.value?.first?[path: "spec", "template", "spec"] else { return nil }
        return "system:serviceaccount:\(names.namespace):\(spec["serviceAccountName"]?.stringValue ?? "default")"
    }

    /// For commands: `kubectl -n swiftlet-system`.
    var kubectl: String { "kubectl -n \(place.namespace)" }

    /// For commands: all that every replica said. With a selector kubectl prints ten lines of each unless it is told otherwise.
    var logs: String { "\(kubectl) logs -l app.kubernetes.io/name=swiftlet --tail=-1" }

    /// The command that makes again what the install has lost.
    var reinstall: String {
        let deployment = deployments.value?.first
        guard let release = deployment?[path: "metadata", "annotations", "meta.helm.sh/release-name"]?.stringValue
        else {
            return "kubectl apply --server-side -f manifests/install.yaml"
        }
        return "helm upgrade \(release) manifests/swiftlet -n \(place.namespace) --reset-then-reuse-values"
    }
}

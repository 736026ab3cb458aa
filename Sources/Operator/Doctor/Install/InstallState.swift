import JSON
import KubeModel

/// An install as a cluster shows it.
package struct InstallState: Sendable {
    /// What the parts are called.
    package struct Names: Hashable, Sendable {
        /// Of the operator.
        package var namespace: String
        /// Of its Service.
        package var service: String
        package var lease: String
        package var secret: String

        package init(
            namespace: String = "swiftlet-system",
            service: String = "swiftlet",
            lease: String = "swiftlet",
            secret: String = "swiftlet-certificates"
        ) {
            self.namespace = namespace
            self.service = service
            self.lease = lease
            self.secret = secret
        }
    }

    package var names: Names
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
    package var endpoints: Observed<JSONValue> = .absent
    package var secret: Observed<JSONValue> = .absent
    /// By `Kind name`.
    package var webhooks: [WebhookKey: Observed<JSONValue>] = [:]
    package var webServers: Observed<[JSONValue]> = .absent
    package var meshes: Observed<[JSONValue]> = .absent
    package var routes: Observed<[JSONValue]> = .absent
    /// Pods of namespaces that ask for sidecars.
    package var meshPods: Observed<[JSONValue]> = .absent

    package init(names: Names = Names(), now: Timestamp) {
        self.names = names
        self.now = now
    }

    package struct WebhookKey: Hashable, Sendable, Comparable, CustomStringConvertible {
        package var kind: String
        package var name: String

        package init(kind: String, name: String) { (self.kind, self.name) = (kind, name) }

        package var description: String { "\(kind) \(name)" }

        package static func < (left: Self, right: Self) -> Bool { (left.kind, left.name) < (right.kind, right.name) }
    }

    /// Whether there is an operator in the cluster, up or not.
    var isInstalled: Bool { deployments.value?.isEmpty == false || pods.value?.isEmpty == false }

    /// As whom the operator asks the API server; `nil` when it is not in the cluster.
    var serviceAccount: String? {
        guard let spec = deployments.value?.first?[path: "spec", "template", "spec"] else { return nil }
        return "system:serviceaccount:\(names.namespace):\(spec["serviceAccountName"]?.stringValue ?? "default")"
    }

    /// For commands: `kubectl -n swiftlet-system`.
    var kubectl: String { "kubectl -n \(names.namespace)" }
}

import KubeModel
import SwiftletAPI

/// One thing that the operator has to be allowed to do.
///
/// The one list of them: roles are made from it and `swiftlet doctor` asks for it.
package struct Permission: Hashable, Sendable {
    package var resource: APIResource
    package var subresource: String?
    package var verbs: [String]
    /// For people: what stops working without it.
    package var purpose: String

    private init(_ resource: APIResource, subresource: String? = nil, _ verbs: [String], _ purpose: String) {
        self.resource = resource
        self.subresource = subresource
        self.verbs = verbs
        self.purpose = purpose
    }

    /// `deployments.apps` or `webservers.web.phys.app/status`.
    package var subject: String { subresource.map { "\(resource)/\($0)" } ?? "\(resource)" }

    private static let read = ["get", "list", "watch"]
    /// Server-side apply needs `create` where it creates.
    private static let own = read + ["create", "patch", "delete"]

    /// What the WebServer controller needs.
    package static let webServers: [Permission] = [
        Permission(WebServer.resource, read, "see the WebServers"),
        Permission(WebServer.resource, subresource: "status", ["patch"], "tell how a WebServer is"),
        Permission(
            WebServer.resource,
            subresource: "finalizers",
            ["update"],
            "own objects where owner references are enforced"
        ),
        Permission(.deployments, own, "run the pods"),
        Permission(.services, own, "give them an address"),
        Permission(.ingresses, own, "publish them (spec.ingress)"),
        Permission(.horizontalPodAutoscalers, own, "scale them (spec.autoscaling)"),
        Permission(.podDisruptionBudgets, own, "protect them (spec.disruptionBudget)"),
        Permission(
            .persistentVolumeClaims,
            read + ["create", "patch"],
            "give them storage (spec.persistentVolumeClaim)"
        ),
        Permission(.pods, read, "tell why pods do not come up"),
        Permission(.configMaps, read, "roll pods when their configuration changes (spec.configFrom)"),
        Permission(.secrets, read, "roll pods when their secrets change (spec.configFrom)"),
        Permission(.ingressClasses, read, "tell when an ingress class is missing"),
        Permission(.events, ["create", "patch"], "record events"),
    ]
}

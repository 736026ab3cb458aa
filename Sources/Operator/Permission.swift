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

    /// What validation needs beside it.
    package static let validation: [Permission] = [
        Permission(.validatingWebhookConfigurations, own, "be asked about WebServers, Meshes and TrafficRoutes"),
        Permission(.secrets, read + ["create", "update"], "keep the certificates of webhook and xDS server"),
    ]

    /// What the mesh needs beside it.
    package static let mesh: [Permission] = [
        Permission(Mesh.resource, read + ["create"], "see the Meshes, and make the first"),
        Permission(Mesh.resource, subresource: "status", ["patch"], "tell how a Mesh is"),
        Permission(TrafficRoute.resource, read, "see the TrafficRoutes"),
        Permission(TrafficRoute.resource, subresource: "status", ["patch"], "tell how a TrafficRoute is"),
        Permission(.pods, read, "know which pods have a sidecar"),
        Permission(
            .pods,
            subresource: "eviction",
            ["create"],
            "restart pods without a sidecar where their namespace asks for it"
        ),
        Permission(.events, ["create", "patch"], "tell of pods without a sidecar"),
        Permission(.services, read, "know where pods are reached"),
        Permission(.nodes, read, "know in which zone pods are"),
        Permission(.endpointSlices, read, "know the pods of Services without a selector"),
        Permission(
            .namespaces,
            read + ["patch"],
            "know which namespaces ask for sidecars, and mirror it into their labels"
        ),
        Permission(.tokenReviews, ["create"], "know which pod a sidecar belongs to"),
        Permission(.mutatingWebhookConfigurations, own, "be asked about new pods"),
        Permission(.secrets, read + ["create", "update"], "keep the certificates of webhook and xDS server"),
    ]

    /// Everything, each subject once.
    package static let all: [Permission] = {
        var result: [Permission] = []
        for permission in webServers + mesh + validation {
            if let index = result.firstIndex(where: { $0.subject == permission.subject }) {
                result[index].verbs += permission.verbs.filter { !result[index].verbs.contains($0) }
                if result[index].purpose != permission.purpose { result[index].purpose += "; \(permission.purpose)" }
            } else {
                result.append(permission)
            }
        }
        return result
    }()
}

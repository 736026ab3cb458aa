import Injection
import KubeModel
import SwiftletAPI

/// A part of the operator that can be switched off, and then needs no rights.
package enum OperatorFeature: String, Hashable, Sendable, CaseIterable {
    /// Whatever is on: what the operator needs to be one of several replicas.
    case replicas
    /// Servers that prove who they are: webhooks and xDS.
    case certificates
    case webServers
    case mesh
    case injection
    case validation
    /// Webhooks that nobody else registers.
    case registration

    /// What it needs, each subject once in a place.
    package var permissions: [Permission] {
        switch self {
        case .replicas: Self.forReplicas
        case .certificates: Self.forCertificates
        case .webServers: Self.forWebServers
        case .mesh: Self.forMesh
        case .injection: Self.forInjection
        case .validation: Self.forValidation
        case .registration: Self.forRegistration
        }
    }

    private static let read = ["get", "list", "watch"]
    /// Server-side apply needs `create` where it creates. What was created is read again when somebody else was as fast.
    private static let kept = read + ["create", "patch"]
    private static let own = kept + ["delete"]

    private static let forReplicas = [
        Permission(
            .leases,
            read + ["update"],
            in: .operatorNamespace,
            named: ["swiftlet"],
            "agree with other replicas on who acts"
        ),
        Permission(.leases, ["create"], in: .operatorNamespace, "begin to agree with other replicas on who acts"),
    ]

    private static let forCertificates = [
        Permission(
            .secrets,
            read + ["update"],
            in: .operatorNamespace,
            named: ["swiftlet-certificates"],
            "keep the certificates of webhooks and xDS server"
        ),
        Permission(.secrets, ["create"], in: .operatorNamespace, "make the certificates of webhooks and xDS server"),
    ]

    private static let forWebServers = [
        Permission(WebServer.resource, read, in: .watchedNamespaces, "see the WebServers"),
        Permission(
            WebServer.resource,
            subresource: "status",
            ["patch"],
            in: .watchedNamespaces,
            "tell how a WebServer is"
        ),
        Permission(
            WebServer.resource,
            subresource: "finalizers",
            ["update"],
            in: .watchedNamespaces,
            "own objects where owner references are enforced"
        ),
        // These go with their WebServer, which the server's garbage collector sees to.
        Permission(.deployments, kept, in: .watchedNamespaces, "run the pods"),
        Permission(.services, kept, in: .watchedNamespaces, "give them an address"),
        Permission(.ingresses, own, in: .watchedNamespaces, "publish them (spec.ingress)"),
        Permission(.horizontalPodAutoscalers, own, in: .watchedNamespaces, "scale them (spec.autoscaling)"),
        Permission(.podDisruptionBudgets, own, in: .watchedNamespaces, "protect them (spec.disruptionBudget)"),
        Permission(
            .persistentVolumeClaims,
            kept,
            in: .watchedNamespaces,
            "give them storage (spec.persistentVolumeClaim)"
        ),
        Permission(.pods, ["list", "watch"], in: .watchedNamespaces, "tell why pods do not come up"),
        Permission(
            .configMaps,
            ["list", "watch"],
            in: .watchedNamespaces,
            "roll pods when their configuration changes (spec.configFrom)"
        ),
        Permission(
            .secrets,
            ["list", "watch"],
            in: .watchedNamespaces,
            "roll pods when their secrets change (spec.configFrom)"
        ),
        Permission(.events, ["create", "patch"], in: .watchedNamespaces, "record events"),
        Permission(.ingressClasses, ["list", "watch"], in: .cluster, "tell when an ingress class is missing"),
    ]

    private static let forMesh = [
        Permission(
            .configMaps,
            ["list", "watch", "create", "patch", "delete"],
            in: .operatorNamespace,
            "tell other replicas how far proxies have come"
        ),
        Permission(Mesh.resource, ["list", "watch", "create"], in: .cluster, "see the Meshes, and make the first"),
        Permission(Mesh.resource, subresource: "status", ["patch"], in: .cluster, "tell how a Mesh is"),
        Permission(TrafficRoute.resource, ["list", "watch"], in: .cluster, "see the TrafficRoutes"),
        Permission(
            TrafficRoute.resource,
            subresource: "status",
            ["patch"],
            in: .cluster,
            "tell how a TrafficRoute is"
        ),
        Permission(.pods, ["list", "watch"], in: .cluster, "know which pods have a sidecar"),
        Permission(.events, ["create", "patch"], in: .cluster, "record events"),
        Permission(.services, ["list", "watch"], in: .cluster, "know where pods are reached"),
        Permission(.nodes, ["list", "watch"], in: .cluster, "know in which zone pods are"),
        Permission(.endpointSlices, ["list", "watch"], in: .cluster, "know the pods of Services without a selector"),
        Permission(.namespaces, ["list", "watch"], in: .cluster, "know which namespaces ask for sidecars"),
        Permission(
            .configMaps,
            ["list", "watch", "patch"],
            in: .cluster,
            named: [SecretFile.configMapName],
            "tell sidecars which certificate authorities to trust"
        ),
        Permission(
            .configMaps,
            ["create"],
            in: .cluster,
            "begin to tell the sidecars of a namespace which certificate authorities to trust"
        ),
        Permission(.tokenReviews, ["create"], in: .cluster, "know which pod a sidecar belongs to"),
    ]

    private static let forInjection = [
        Permission(
            .namespaces,
            ["get", "patch"],
            in: .cluster,
            "know of a namespace that was just made whether it asks for sidecars, and mirror it into its labels"
        ),
        Permission(.pods, ["get"], in: .cluster, "make sure that a pod has no sidecar"),
        Permission(.limitRanges, ["list", "watch"], in: .cluster, "warn of pods that a LimitRange refuses"),
        Permission(.resourceQuotas, ["list", "watch"], in: .cluster, "warn of pods that a ResourceQuota refuses"),
        Permission(
            .pods,
            subresource: "eviction",
            ["create"],
            in: .cluster,
            "restart pods without a sidecar where their namespace asks for it"
        ),
        Permission(
            .mutatingWebhookConfigurations,
            read + ["patch"],
            in: .cluster,
            named: [InjectorWebhooks.name],
            "be asked about new pods"
        ),
    ]

    private static let forValidation = [
        Permission(
            .validatingWebhookConfigurations,
            read + ["patch"],
            in: .cluster,
            named: [ValidatorWebhooks.name],
            "be asked about new WebServers, Meshes and TrafficRoutes"
        )
    ]

    private static let forRegistration = [
        Permission(.mutatingWebhookConfigurations, ["create"], in: .cluster, "register the webhook for pods"),
        Permission(
            .mutatingWebhookConfigurations,
            ["delete"],
            in: .cluster,
            named: [InjectorWebhooks.name],
            "take back the webhook for pods"
        ),
        Permission(
            .validatingWebhookConfigurations,
            ["create"],
            in: .cluster,
            "register the webhook for WebServers, Meshes and TrafficRoutes"
        ),
        Permission(
            .validatingWebhookConfigurations,
            ["delete"],
            in: .cluster,
            named: [ValidatorWebhooks.name],
            "take back the webhook for WebServers, Meshes and TrafficRoutes"
        ),
    ]
}

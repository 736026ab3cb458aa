import ArgumentParser
import KubeModel
import KubeRuntime
import Operator

/// How the API server asks the operator, and by what certificates the operator is known.
struct WebhookCommandOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Give sidecars to new pods. Never with --namespace or --no-mesh.")
    var injection = true

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Refuse invalid WebServers, Meshes and TrafficRoutes, and warn of unwise ones.",
            discussion: "On by default, but with --namespace, where it needs rights beyond the namespace."
        )
    )
    var validation: Bool?

    @Option(help: "What becomes of our own kinds when nobody validates: Ignore or Fail.")
    var validationFailurePolicy = WebhookFailurePolicy.ignore

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Write the webhook configurations.",
            discussion:
                "If not, the operator only publishes its bundle in those that are there (see: swiftlet webhooks)."
        )
    )
    var registerWebhooks = true

    @Option(help: "Where the API server asks about objects, as host:port.")
    var webhookAddress = ":9443"

    @Option(
        help: ArgumentHelp(
            "Address under which the API server reaches the webhooks, for an operator outside the cluster.",
            discussion: "The Service of the operator if not given."
        )
    )
    var webhookHost: String?

    @Option(
        help: ArgumentHelp(
            "Namespace of the operator: of its Service and of the Secret with its certificates.",
            discussion: "swiftlet-system if not given; with --namespace, that one."
        )
    )
    var operatorNamespace: String?

    @Option(help: "Service in front of the operator; its own certificates are in the Secret NAME-certificates.")
    var operatorService = "swiftlet"

    @Option(
        help: ArgumentHelp(
            "Secret of type kubernetes.io/tls in the operator's namespace, whose certificate is shown instead of one of its own.",
            discussion:
                "Somebody else, such as cert-manager, fills it: tls.crt, tls.key, and ca.crt for those who are to trust it."
        )
    )
    var certificateSecret: String?

    /// - Parameters:
    ///   - namespaces: those that are looked after; empty for all.
    ///   - hasMesh: whether the mesh is served.
    /// - Returns: `nil` when there is nothing to be asked and nothing to register.
    func options(namespaces: [String], hasMesh: Bool) throws -> WebhookOptions? {
        let validates = validation ?? namespaces.isEmpty
        guard validates || namespaces.isEmpty else { return nil }
        let namespace = operatorNamespace ?? namespaces.first ?? "swiftlet-system"
        var options = WebhookOptions(
            address: try ListenAddress(parsing: webhookAddress),
            service: ObjectKey(namespace: namespace, name: operatorService),
            secret: ObjectKey(namespace: namespace, name: "\(operatorService)-certificates")
        )
        options.host = webhookHost
        options.givenSecret = certificateSecret.map { ObjectKey(namespace: namespace, name: $0) }
        options.registers = registerWebhooks
        options.injects = injection && hasMesh && namespaces.isEmpty
        options.validates = validates
        options.validationFailurePolicy = validationFailurePolicy
        options.namespaces = namespaces
        return options
    }
}

import ArgumentParser
import KubeModel
import KubeRuntime
import Operator

/// How the API server asks the operator, and by what certificates the operator is known.
struct WebhookCommandOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Give sidecars to new pods.",
            discussion: "On by default, but never with --namespace or --no-mesh. If not, a registration is taken back."
        )
    )
    var injection: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Refuse invalid WebServers, Meshes and TrafficRoutes, and warn of unwise ones.",
            discussion: """
                On by default, but with --namespace, where it needs rights beyond the namespace, and where the API server cannot reach \
                the operator: outside the cluster without --webhook-host. If not, a registration is taken back.
                """
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
            "Connections to the webhooks at a time.",
            discussion: "For one more, one that waits makes way, of the address that has the most."
        )
    )
    var webhookConnections = 256

    @Option(
        help: ArgumentHelp(
            "Connections to the webhooks at a time from one address.",
            discussion: "Raise it where many API servers come from one address."
        )
    )
    var webhookConnectionsPerAddress = 128

    @Option(
        help: ArgumentHelp(
            "Address under which the API server reaches the webhooks, for an operator outside the cluster.",
            discussion: "The Service of the operator if not given."
        )
    )
    var webhookHost: String?

    @Option(
        help: ArgumentHelp(
            "Namespace of the operator: of its Service, of the Secret with its certificates, and of its Lease.",
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

    func validate() throws {
        for (flag, value) in [
            ("--webhook-connections", webhookConnections),
            ("--webhook-connections-per-address", webhookConnectionsPerAddress),
        ] where !(1...65_536).contains(value) {
            throw ValidationError("\(flag) takes a number from 1 to 65536.")
        }
    }

    /// - Parameter namespaces: those that are looked after; empty for all.
    func operatorNamespace(lookingAfter namespaces: [String]) -> String {
        operatorNamespace ?? namespaces.first ?? "swiftlet-system"
    }

    /// - Parameters:
    ///   - namespaces: those that are looked after; empty for all.
    ///   - hasWebServers: whether WebServers are looked after.
    ///   - hasMesh: whether the mesh is served.
    ///   - isInCluster: whether this is a pod.
    /// - Returns: `nil` when there is nothing to be asked, nothing to register and nobody to show a certificate to.
    func options(
        namespaces: [String],
        hasWebServers: Bool,
        hasMesh: Bool,
        isInCluster: Bool
    ) throws -> WebhookOptions? {
        let namespace = operatorNamespace(lookingAfter: namespaces)
        var options = WebhookOptions(
            address: try ListenAddress(parsing: webhookAddress),
            service: ObjectKey(namespace: namespace, name: operatorService),
            secret: ObjectKey(namespace: namespace, name: "\(operatorService)-certificates")
        )
        options.host = webhookHost
        options.givenSecret = certificateSecret.map { ObjectKey(namespace: namespace, name: $0) }
        options.connections = webhookConnections
        options.connectionsPerAddress = webhookConnectionsPerAddress
        options.registers = registerWebhooks
        options.injection = Self.use(injection, isDefault: true, isPossible: hasMesh && namespaces.isEmpty)
        let isReachable = webhookHost != nil || isInCluster
        options.validation = Self.use(validation, isDefault: namespaces.isEmpty && isReachable, isPossible: true)
        options.validationFailurePolicy = validationFailurePolicy
        options.hasWebServers = hasWebServers
        options.namespaces = namespaces
        let isIdle = !hasMesh && options.injection == .left && options.validation == .left
        return isIdle ? nil : options
    }

    /// Taken back only if somebody says so: an operator that is run beside another must not end what that one does.
    private static func use(_ wish: Bool?, isDefault: Bool, isPossible: Bool) -> WebhookOptions.Use {
        guard wish ?? isDefault else { return wish == false ? .takenBack : .left }
        return isPossible ? .answered : .left
    }
}

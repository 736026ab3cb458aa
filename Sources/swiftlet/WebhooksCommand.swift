import ArgumentParser
import KubeModel
import Operator
import YAML

struct WebhooksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "Print the webhook configurations, for those who register webhooks themselves.",
        discussion: """
            For operators that run with --no-register-webhooks, which then only publish the bundle of their certificates' authorities in \
            them. What is given as namespace and service is printed as it is.
            """
    )

    @Option(help: "Namespace of the operator's Service.")
    var operatorNamespace = "swiftlet-system"

    @Option(help: "Service in front of the operator.")
    var operatorService = "swiftlet"

    @Option(help: "Port of the Service for webhooks.")
    var port: UInt16 = 443

    @Option(
        name: [.customShort("n"), .long],
        help: "A namespace that the operator looks after; may be repeated. All if not given."
    )
    var namespace: [String] = []

    @Flag(inversion: .prefixedNo, help: "The configuration for sidecars. Never with --namespace.")
    var injection = true

    @Flag(inversion: .prefixedNo, help: "The configuration for validation.")
    var validation = true

    @Flag(inversion: .prefixedNo, help: "Whether the operator looks after WebServers, which else are not validated.")
    var webServers = true

    @Option(help: "What becomes of our own kinds when nobody validates: Ignore or Fail.")
    var validationFailurePolicy = WebhookFailurePolicy.ignore

    func run() throws {
        let key = ObjectKey(namespace: operatorNamespace, name: operatorService)
        let target = WebhookTarget.service(key, port: port)
        var validator = ValidatorWebhooks(target: target)
        validator.failurePolicy = validationFailurePolicy
        validator.hasWebServers = webServers
        validator.namespaces = namespace
        validator.operatorNamespace = operatorNamespace
        var configurations: [WebhookConfiguration] = []
        if injection, namespace.isEmpty { configurations.append(InjectorWebhooks(target: target).configuration) }
        if validation { configurations.append(validator.configuration) }
        Terminal.put(configurations.map { YAML.text($0.manifest) }.joined(separator: "---\n"))
    }
}

extension WebhookFailurePolicy: ExpressibleByArgument {}

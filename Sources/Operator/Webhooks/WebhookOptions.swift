import KubeModel
import KubeRuntime

/// How the API server asks the operator, and by what certificates the operator is known.
package struct WebhookOptions: Sendable {
    /// Where the API server asks.
    package var address: ListenAddress
    /// The name and address under which the API server reaches ``address``, without scheme and port; `nil` for the Service ``service``.
    package var host: String?
    /// The Service in front of the operator.
    package var service: ObjectKey
    /// The Secret that holds the operator's own certificates.
    package var secret: ObjectKey
    /// A Secret that somebody else fills (`tls.crt`, `tls.key`, `ca.crt`), to be served instead.
    package var givenSecret: ObjectKey?
    /// Whether the operator writes the webhook configurations. If not, it only publishes its bundle in those that are there.
    package var registers = true
    /// Whether pods are given sidecars.
    package var injection = Use.answered
    /// Whether our own kinds are validated.
    package var validation = Use.answered
    package var validationFailurePolicy = WebhookFailurePolicy.ignore
    /// Whether WebServers are looked after, and so validated.
    package var hasWebServers = true
    /// Connections to ``address`` at a time.
    package var connections = 256
    /// Of them, those of one address.
    package var connectionsPerAddress = 128
    /// The namespaces that are looked after; empty for all.
    package var namespaces: [String] = []

    /// What becomes of one webhook.
    package enum Use: Hashable, Sendable {
        /// It is registered and answered.
        case answered
        /// A registration by an operator is removed.
        case takenBack
        /// It is none of ours, such as another operator's.
        case left
    }

    package init(address: ListenAddress, service: ObjectKey, secret: ObjectKey) {
        self.address = address
        self.service = service
        self.secret = secret
    }

    /// The registration of the injector, as the operator writes it.
    func injector(at target: WebhookTarget, bundle: String) -> InjectorWebhooks {
        var webhooks = InjectorWebhooks(target: target, bundle: bundle)
        // Those of Kubernetes itself, and the operator's own where it is a pod: they must come up also when nobody answers.
        webhooks.excludedNamespaces = ["kube-system", "kube-public", "kube-node-lease"]
        if host == nil { webhooks.excludedNamespaces.append(service.namespace) }
        return webhooks
    }

    /// The registration of the validator, as the operator writes it.
    func validator(at target: WebhookTarget, bundle: String) -> ValidatorWebhooks {
        var webhooks = ValidatorWebhooks(target: target, bundle: bundle)
        webhooks.failurePolicy = validationFailurePolicy
        webhooks.hasWebServers = hasWebServers
        webhooks.namespaces = namespaces
        webhooks.operatorNamespace = service.namespace
        return webhooks
    }
}

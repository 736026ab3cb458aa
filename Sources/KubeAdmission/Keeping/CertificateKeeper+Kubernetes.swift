import CoreMetrics
import KubeClient
import KubeModel
import KubeRuntime
import Logging

extension CertificateKeeper {
    /// Keeps certificates in a Secret, and the bundle in webhook configurations, and is told of changes of both by watches.
    ///
    /// Needs `get`, `list`, `watch`, `create` and `update` on the Secret; `get`, `list`, `watch` and `patch` on the configurations. All but
    /// `create` may be restricted to their names.
    ///
    /// - Parameters:
    ///   - mutating: the names of `MutatingWebhookConfiguration`s.
    ///   - validating: the names of `ValidatingWebhookConfiguration`s.
    ///   - reflecting: how they are listed and watched.
    package convenience init(
        options: CertificateKeeperOptions,
        client: KubeClient,
        secret: ObjectKey,
        labels: [String: String] = [:],
        mutating: [String] = [],
        validating: [String] = [],
        fieldManager: String,
        reflecting: ReflectorOptions = ReflectorOptions(),
        time: TimeSource = .system,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        let wakeUp = WakeUp()
        let patchers =
            mutating.map { (APIResource.mutatingWebhookConfigurations, $0) }
            + validating.map { (APIResource.validatingWebhookConfigurations, $0) }
        let watched = [(APIResource.secrets, secret)] + patchers.map { ($0, ObjectKey(namespace: "", name: $1)) }
        self.init(
            options: options,
            storage: SecretStorage(client: client, key: secret, labels: labels),
            publishers: patchers.map { resource, name in
                WebhookConfigurationPatcher(client: client, resource: resource, name: name, fieldManager: fieldManager)
            },
            watches: watched.map { resource, key in
                Self.watch(resource, key, client, wakeUp, reflecting, time, logger)
            },
            wakeUp: wakeUp,
            time: time,
            metrics: metrics,
            logger: logger
        )
    }

    private static func watch(
        _ resource: APIResource,
        _ key: ObjectKey,
        _ client: KubeClient,
        _ wakeUp: WakeUp,
        _ reflecting: ReflectorOptions,
        _ time: TimeSource,
        _ logger: Logger
    ) -> any KindReflecting {
        let store = Store<ObjectMetaProjection>()
        store.onChange { _ in wakeUp.call() }
        return Reflector(
            name: "\(resource)/\(key.name)",
            source: KubeListWatch<ObjectMetaProjection>(
                client: client,
                resource: resource,
                namespace: key.namespace.isEmpty ? nil : key.namespace,
                fieldSelector: "metadata.name=\(key.name)"
            ),
            store: store,
            options: reflecting,
            time: time,
            logger: logger
        )
    }
}

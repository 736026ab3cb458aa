import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import Logging

/// Keeps the injector registered with the API server as ``InjectorWebhooks`` says, also after somebody changed or deleted it.
///
/// It begins when there is a certificate to serve, and has the bundle from the start, so that there is no moment at which pods are refused
/// because nobody trusts the webhook. From then on the bundle is the certificate keeper's to publish.
struct InjectorRegistration: Sendable {
    private static let key = ObjectKey(namespace: "", name: InjectorWebhooks.name)

    /// What is registered, as far as it was seen.
    let registrations: Store<DynamicObject>
    let controller: Controller<ObjectKey>

    init(
        client: KubeClient,
        target: @escaping @Sendable () async throws -> InjectorWebhooks.Target,
        certificate: ServingCertificate,
        time: TimeSource,
        metrics: ControllerMetrics,
        logger: Logger
    ) {
        let registrations = Store<DynamicObject>()
        self.registrations = registrations
        let barrier = WriteBarrier<ObjectKey>(
            stores: [APIResource.mutatingWebhookConfigurations.groupKind: registrations],
            time: time
        )
        var options = ControllerOptions()
        options.workers = 1
        controller = Controller<ObjectKey>(
            name: "injector",
            options: options,
            barrier: barrier,
            time: time,
            metrics: metrics,
            logger: logger
        ) { key, context in
            guard key == Self.key else { return .done }
            let served: ServedCertificate
            if let current = certificate.current { served = current } else { served = try await certificate.next() }
            let webhooks = InjectorWebhooks(target: try await target(), bundle: served.bundle.pem)
            let known = registrations.get(key)
            guard !webhooks.isRegistered(in: known) else { return .done }
            let stored = try await client.patch(
                .mutatingWebhookConfigurations,
                key,
                .apply(webhooks.object),
                options: WriteOptions(fieldManager: InjectorWebhooks.manager, force: true),
                as: ObjectMetaProjection.self
            )
            barrier.wrote(
                APIResource.mutatingWebhookConfigurations.groupKind,
                version: stored.resourceVersion,
                for: key
            )
            context.logger.notice(known == nil ? "the injector is registered" : "the injector is registered anew")
            return .done
        }
        controller.watch(registrations) { [$0.key] }
    }

    /// Registers for the first time; to be called once the kinds are synced.
    func begin() { controller.queue.add(Self.key) }
}

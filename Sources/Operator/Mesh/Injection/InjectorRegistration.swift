import CoreMetrics
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
    private let registrations: Store<DynamicObject>
    private let certificate: ServingCertificate
    private let time: TimeSource
    private static let key = ObjectKey(namespace: "", name: InjectorWebhooks.name)

    /// Follows what is registered.
    let reflector: any KindReflecting
    let controller: Controller<ObjectKey>

    init(
        client: KubeClient,
        target: @escaping @Sendable () async throws -> InjectorWebhooks.Target,
        certificate: ServingCertificate,
        reflecting: ReflectorOptions,
        time: TimeSource,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        let registrations = Store<DynamicObject>()
        self.registrations = registrations
        self.certificate = certificate
        self.time = time
        let resource = APIResource.mutatingWebhookConfigurations
        reflector = Reflector(
            name: resource.description,
            source: KubeListWatch<DynamicObject>(
                client: client,
                resource: resource,
                fieldSelector: "metadata.name=\(InjectorWebhooks.name)"
            ),
            store: registrations,
            options: reflecting,
            time: time,
            metrics: ReflectorMetrics(resource: resource.description, factory: metrics),
            logger: logger
        )
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
            metrics: ControllerMetrics(controller: "injector", factory: metrics),
            logger: logger
        ) { key, context in
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

    /// Registers once it is known what is registered; to be called once there is something to serve by.
    func begin() async {
        guard await reflector.kindState.wait(until: nil, time: time, for: \.hasObjects) else { return }
        controller.queue.add(Self.key)
    }

    /// Whether pods that are made now are asked about, as far as can be seen from here.
    var isInPlace: Bool {
        registrations.get(Self.key) != nil && certificate.failure(at: time.wall.timestamp) == nil
    }
}

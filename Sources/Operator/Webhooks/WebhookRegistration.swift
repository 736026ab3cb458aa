import CoreMetrics
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import Logging

/// Follows one webhook configuration, and keeps it as it should be, also after somebody changed or deleted it.
///
/// It is written when there is a certificate to serve, and has the bundle from the start, so that there is no moment at which requests are
/// refused because nobody trusts the webhook. From then on the bundle is the certificate keeper's to publish.
struct WebhookRegistration: Sendable {
    typealias Wanted = @Sendable (ServedCertificate) async throws -> WebhookConfiguration

    private let key: ObjectKey
    private let stored: Store<DynamicObject>
    private let certificate: ServingCertificate
    private let time: TimeSource

    /// Follows what is registered.
    let reflector: any KindReflecting
    /// `nil` where somebody else registers.
    let controller: Controller<ObjectKey>?

    /// - Parameters:
    ///   - name: of the configuration.
    ///   - registers: whether it is ours to write; if not, it is only followed.
    ///   - wanted: the configuration for a certificate that is served; `nil` takes back one that the operator once registered by itself.
    init(
        client: KubeClient,
        resource: APIResource,
        name: String,
        registers: Bool,
        certificate: ServingCertificate,
        reflecting: ReflectorOptions,
        time: TimeSource,
        metrics: any MetricsFactory,
        logger: Logger,
        wanted: Wanted?
    ) {
        let stored = Store<DynamicObject>()
        self.stored = stored
        self.certificate = certificate
        self.time = time
        key = ObjectKey(namespace: "", name: name)
        reflector = Reflector(
            name: resource.description,
            source: KubeListWatch<DynamicObject>(
                client: client,
                resource: resource,
                fieldSelector: "metadata.name=\(name)"
            ),
            store: stored,
            options: reflecting,
            time: time,
            metrics: ReflectorMetrics(resource: resource.description, factory: metrics),
            logger: logger
        )
        guard registers else {
            controller = nil
            return
        }
        let barrier = WriteBarrier<ObjectKey>(stores: [resource.groupKind: stored], time: time)
        var options = ControllerOptions()
        options.workers = 1
        let controller = Controller<ObjectKey>(
            name: name,
            kind: resource.kind,
            options: options,
            barrier: barrier,
            time: time,
            metrics: ControllerMetrics(controller: name, factory: metrics),
            logger: logger
        ) { key, context in
            let known = stored.get(key)
            guard let wanted else {
                guard let known, WebhookConfiguration.isOurs(known) else { return .done }
                try await client.delete(resource, key)
                context.logger.notice("took the registration back")
                return .done
            }
            let served: ServedCertificate
            if let current = certificate.current { served = current } else { served = try await certificate.next() }
            let configuration = try await wanted(served)
            guard !configuration.isRegistered(in: known) else { return .done }
            let written = try await client.patch(
                resource,
                key,
                .apply(configuration.object),
                options: WriteOptions(fieldManager: WebhookConfiguration.manager, force: true),
                as: ObjectMetaProjection.self
            )
            barrier.wrote(resource.groupKind, version: written.resourceVersion, for: key)
            context.logger.notice(known == nil ? "registered" : "registered anew")
            return .done
        }
        controller.watch(stored) { [$0.key] }
        self.controller = controller
    }

    /// Registers once it is known what is registered; to be called once there is something to serve by.
    func begin() async {
        guard let controller, await reflector.kindState.wait(until: nil, time: time, for: \.hasObjects) else { return }
        controller.queue.add(key)
    }

    /// Whether the API server asks us at present, as far as can be seen from here.
    var isInPlace: Bool {
        stored.get(key) != nil && certificate.failure(at: time.wall.timestamp) == nil
    }
}

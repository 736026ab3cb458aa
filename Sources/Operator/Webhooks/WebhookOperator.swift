import CoreMetrics
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import ServiceLifecycle

/// What the API server asks the operator, and the certificates by which the operator is known.
///
/// Whoever answers adds a handler before ``join(_:)``.
struct WebhookOperator: Sendable {
    let keeper: CertificateKeeper
    /// Of the webhooks.
    let certificate: ServingCertificate
    /// Of the server for proxies.
    let xdsCertificate: ServingCertificate
    /// `nil` where it is left alone.
    let injection: WebhookRegistration?
    /// `nil` where it is left alone.
    let validation: WebhookRegistration?
    /// By path.
    var handlers: [String: AdmissionHandler] = [:]

    private let options: WebhookOptions
    private let servesProxies: Bool
    private let port: ObservedValue<Int?>
    private let time: TimeSource
    private let metrics: any MetricsFactory
    private let logger: Logger

    /// How long a replica that has just started is not ready for want of webhooks.
    private static let startupPatience = Duration.seconds(30)

    /// The names of the two certificates in their Secret.
    private enum CertificateName {
        static let webhook = "tls"
        static let xds = "xds"
    }

    /// - Parameter servesProxies: whether a certificate for the server of proxies is needed.
    init(
        client: KubeClient,
        options: WebhookOptions,
        servesProxies: Bool,
        reflecting: ReflectorOptions,
        time: TimeSource,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.options = options
        self.servesProxies = servesProxies
        self.time = time
        self.metrics = metrics
        self.logger = logger
        let validatorName = ValidatorWebhooks.name(
            namespaces: options.namespaces,
            operatorNamespace: options.service.namespace
        )
        keeper = CertificateKeeper(
            options: Self.certificates(options, servesProxies: servesProxies),
            client: client,
            secret: options.givenSecret ?? options.secret,
            labels: ["app.kubernetes.io/name": "swiftlet"],
            mutating: options.injection == .answered ? [InjectorWebhooks.name] : [],
            validating: options.validation == .answered ? [validatorName] : [],
            fieldManager: WebhookConfiguration.manager,
            reflecting: reflecting,
            time: time,
            metrics: metrics,
            logger: logger
        )
        let certificate = keeper.certificate(CertificateName.webhook) ?? ServingCertificate()
        self.certificate = certificate
        xdsCertificate = keeper.certificate(CertificateName.xds) ?? certificate
        let port = ObservedValue<Int?>(nil)
        self.port = port
        let target: @Sendable () async throws -> WebhookTarget = {
            guard let host = options.host else { return .service(options.service, port: 443) }
            guard await port.wait(until: nil, time: time, for: { $0 != nil }), let port = port.value else {
                throw CancellationError()
            }
            return .url("https://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
        func registration(
            _ resource: APIResource,
            _ name: String,
            _ use: WebhookOptions.Use,
            _ wanted: @escaping WebhookRegistration.Wanted
        ) -> WebhookRegistration? {
            // What somebody else registers is theirs to take back.
            guard use == .answered || (use == .takenBack && options.registers) else { return nil }
            return WebhookRegistration(
                client: client,
                resource: resource,
                name: name,
                registers: options.registers,
                certificate: certificate,
                reflecting: reflecting,
                time: time,
                metrics: metrics,
                logger: logger,
                wanted: use == .answered ? wanted : nil
            )
        }
        let injector: WebhookRegistration.Wanted = { served in
            options.injector(at: try await target(), bundle: served.bundle.pem).configuration
        }
        let validator: WebhookRegistration.Wanted = { served in
            options.validator(at: try await target(), bundle: served.bundle.pem).configuration
        }
        injection = registration(
            .mutatingWebhookConfigurations,
            InjectorWebhooks.name,
            options.injection,
            injector
        )
        validation = registration(
            .validatingWebhookConfigurations,
            validatorName,
            options.validation,
            validator
        )
    }

    private static func certificates(_ options: WebhookOptions, servesProxies: Bool) -> CertificateKeeperOptions {
        var webhook = CertificateRequest.service(options.service.name, namespace: options.service.namespace)
        webhook.name = CertificateName.webhook
        // What others made is for the name that clients ask for, and need not be for all those that it could have.
        if options.givenSecret != nil { webhook.dnsNames = [serverName(options)] }
        var xds = webhook
        xds.name = CertificateName.xds
        if let host = options.host { webhook.add(host: host) }
        // A given Secret has one certificate, which all show.
        let needsXDS = servesProxies && options.givenSecret == nil
        var keeping = CertificateKeeperOptions(
            requests: needsXDS ? [webhook, xds] : [webhook],
            authorityName: "swiftlet"
        )
        keeping.issues = options.givenSecret == nil
        // Sidecars learn of a new authority when their kubelet replaces a file, within a minute and a half.
        if servesProxies { keeping.policy.propagation = .seconds(120) }
        return keeping
    }

    /// Under which the operator's servers are known.
    var serverName: String { Self.serverName(options) }

    private static func serverName(_ options: WebhookOptions) -> String {
        "\(options.service.name).\(options.service.namespace).svc"
    }

    var injects: Bool { options.injection == .answered }
    var validates: Bool { options.validation == .answered }

    /// Whether pods that are made now get sidecars, as far as can be seen from here.
    var isInjecting: Bool { injects && injection?.isInPlace == true }

    /// Registers the injector; to be called once pods can be given sidecars.
    func beginInjecting() async {
        if injects { await injection?.begin() }
    }

    /// Adds everything to a group.
    ///
    /// Where proxies are served, webhooks count for readiness at the beginning only: the Service that leads API servers here leads proxies
    /// here as well, and those are served whatever becomes of the webhooks.
    ///
    /// - Returns: what tells whether webhooks are answered and certificates are fit to be shown.
    func join(_ group: inout RuntimeGroup) -> any HealthSource {
        for registration in [injection, validation].compactMap(\.self) {
            // Without the right to see what is registered nothing is registered, and everything else goes on.
            group.add(registration.reflector, isRequired: false)
            if let controller = registration.controller { group.add(controller) }
        }
        if servesProxies || !handlers.isEmpty {
            group.add(writer: keeper)
            // What a replica that stands by was not allowed to write is due when it leads.
            group.add(duty: { [keeper] in keeper.lookNow() })
        }
        // What is not wanted is taken back at once; the injector begins when the mesh says so.
        group.add(
            server: Beginning(registrations: [validation, injects ? nil : injection].compactMap(\.self))
        )
        var health: [any HealthSource] = []
        if servesProxies {
            health.append(CertificateHealth(name: "xds-certificate", certificate: xdsCertificate, time: time))
        }
        guard !handlers.isEmpty else { return HealthSources(health) }
        var limits = AdmissionServer.Limits()
        limits.connections = options.connections
        limits.connectionsPerAddress = options.connectionsPerAddress
        let server = AdmissionServer(
            address: options.address,
            endpoints: AdmissionEndpoints(handlers: handlers, metrics: metrics, logger: logger),
            certificate: certificate,
            limits: limits,
            time: time,
            logger: logger
        )
        group.add(server: server) { [port] in
            let bound = try await server.boundPort()
            port.update { $0 = bound }
        }
        let probe = AdmissionProbe(
            server,
            at: options.address,
            certificate: certificate,
            serverName: options.host ?? serverName,
            time: time,
            logger: logger
        )
        group.add(server: probe)
        let webhooks = HealthSources([server, probe])
        let required: any HealthSource =
            servesProxies ? StartupRequirement(webhooks, patience: Self.startupPatience, time: time) : webhooks
        return HealthSources([required] + health)
    }

    /// Registers what waits for nothing.
    private struct Beginning: Service {
        let registrations: [WebhookRegistration]

        func run() async throws {
            await cancelWhenGracefulShutdown {
                for registration in registrations { await registration.begin() }
            }
            // Having nothing more to do is no reason to end the others.
            try await gracefulShutdown()
        }
    }
}

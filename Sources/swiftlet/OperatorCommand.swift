import ArgumentParser
import CoreMetrics
import FoundationEssentials
import Glibc
import KubeClient
import KubeRuntime
import Logging
import Operator
import XDS

struct OperatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Run the operator until it is told to stop (SIGTERM or SIGINT)."
    )

    @Option(
        name: [.customShort("n"), .long],
        help:
            "Look after the WebServers of this namespace only, and of others that are given the same way. All if not given."
    )
    var namespace: [String] = []

    @Flag(inversion: .prefixedNo, help: "Look after WebServers.")
    var webServers = true

    @Option(help: "How many WebServers are reconciled at once.")
    var workers = 4

    @Option(help: "Where /healthz, /readyz and /metrics are served, as host:port.")
    var healthAddress = ":8080"

    @OptionGroup var ingress: IngressOptions
    @OptionGroup(title: "Replicas") var election: ElectionOptions
    @OptionGroup(title: "Mesh") var mesh: MeshCommandOptions
    @OptionGroup(title: "Webhooks and certificates") var webhooks: WebhookCommandOptions
    @OptionGroup var sidecar: SidecarOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LoggingOptions
    @OptionGroup var tracing: TracingOptions

    func validate() throws {
        _ = try ingress.annotations
        guard (1...1000).contains(workers) else { throw ValidationError("--workers takes a number from 1 to 1000.") }
        guard webServers || (mesh.mesh && namespace.isEmpty) else {
            throw ValidationError(
                "--no-web-servers leaves nothing to do without the mesh, which is never with --namespace."
            )
        }
    }

    func run() async throws {
        let logger = logging.logger("swiftlet")
        let registry = PrometheusRegistry(catalog: .swiftlet)
        registry.register(ProcessMetrics())
        // Before the first instrument is made, which is the client's.
        MetricsSystem.bootstrap(registry)
        var options = OperatorService.Options(
            healthAddress: try ListenAddress(parsing: healthAddress),
            instance: Self.hostName
        )
        // Each namespace once: it is listed on its own.
        let namespaces = Set(namespace).sorted()
        options.namespaces = namespaces
        options.hasWebServers = webServers
        options.workers = workers
        options.allowedIngressAnnotations = try ingress.annotations
        options.election = election.options(
            namespace: webhooks.operatorNamespace(lookingAfter: namespaces),
            instance: Self.hostName,
            environment: ProcessInfo.processInfo.environment
        )
        // Meshes are the whole cluster's.
        if namespaces.isEmpty { options.mesh = try mesh.options(sidecar) }
        options.webhooks = try webhooks.options(
            namespaces: namespaces,
            hasWebServers: webServers,
            hasMesh: options.mesh != nil,
            isInCluster: ProcessInfo.processInfo.environment["KUBERNETES_SERVICE_HOST"] != nil
        )
        logger.info("swiftlet \(SwiftletVersion.current) begins")
        try await tracing.exporting(instance: Self.hostName, metrics: registry, logger: logger) {
            try await connection.withClient(namespace: namespaces.first, logger: logger) { client in
                try await OperatorService(client: client, options: options, registry: registry, logger: logger).run()
            }
        }
        logger.info("swiftlet has ended")
    }

    /// In a cluster, the name of the pod.
    private static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

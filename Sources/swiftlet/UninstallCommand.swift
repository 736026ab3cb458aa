import ArgumentParser
import Logging
import Operator

struct UninstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall",
        abstract: "Remove Swiftlet from a cluster, the webhooks first.",
        discussion: """
            Without flags only the webhook configurations go, so that nothing keeps pods from starting; a running operator would make them again, \
            so it must be stopped, or removed by --operator. What Helm installed is left to helm uninstall, and webhooks that ask an operator in another \
            namespace to that one. The Secret with the operator's certificate authority stays unless --certificates is given, so that running sidecars trust \
            an operator that is installed again. May be repeated. PersistentVolumeClaims always stay.
            """
    )

    @Flag(
        help:
            "Remove the operator too: what is labelled app.kubernetes.io/name=swiftlet, in its namespace and of roles."
    )
    var `operator` = false

    @Flag(
        help:
            "Remove the operator's certificates too. Sidecars that go on running do not trust those of an operator that is installed later."
    )
    var certificates = false

    @Flag(help: "Remove the CRDs too, and with them ALL WebServers, Meshes and TrafficRoutes.")
    var crds = false

    @Flag(help: "Tell what would be removed, and remove nothing.")
    var dryRun = false

    @Option(help: "Namespace of the operator.")
    var operatorNamespace = "swiftlet-system"

    @Option(help: "Lease by which it is seen whether an operator runs.")
    var leaseName = "swiftlet"

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if certificates, !`operator` { throw ValidationError("--certificates needs --operator.") }
    }

    func run() async throws {
        var scope = UninstallScope(operatorNamespace: operatorNamespace)
        scope.leaseName = leaseName
        scope.removesOperator = `operator`
        scope.removesCertificates = certificates
        scope.removesDefinitions = crds
        let logger = Logger(label: "swiftlet.uninstall")
        try await connection.withClient(namespace: nil, logger: logger) { client in
            try await Uninstaller(client: client, scope: scope, isDryRun: dryRun, tell: { Terminal.put($0 + "\n") })
                .run()
        }
    }
}

import ArgumentParser
import Dataplanes
import FoundationEssentials
import KubeClient
import KubeModel
import Logging
import Operator
import WebServers

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Do the operator's work once, or tell what it would do.",
        discussion: """
            With --dry-run, prints a diff for each object that would change and a summary. Without a cluster (--offline, or --state), \
            files tell what there is. Of Meshes and TrafficRoutes it tells whose traffic would go where, which resources of which Envoys \
            would change, what is hardly meant, and what a real Envoy says to it. Without --dry-run the WebServers of the files are \
            applied and their children written once.

            Ends 0 for success, 1 for an error, and with --exit-code 2 when changes are pending.
            """
    )

    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: "Manifests: a file, a directory, or - for standard input. All WebServers of the cluster if not given."
    )
    var filenames: [String] = []

    @Flag(help: "Change nothing; print what would change.")
    var dryRun = false

    @Flag(help: "Let the server work out each change (dryRun=All), with its defaults and admission.")
    var server = false

    @Option(help: "Objects that are taken as present instead of a cluster's: a file, a directory, or -.")
    var state: [String] = []

    @Flag(help: "Ask no cluster; nothing is present but what --state says.")
    var offline = false

    @Option(name: .shortAndLong, help: "Print a document for programs instead of diffs: yaml or json.")
    var output: OutputFormat?

    @Option(
        help: ArgumentHelp(
            "Look at what were if this Mesh or TrafficRoute were deleted, such as trafficroute/canary.",
            valueName: "kind/name"
        )
    )
    var delete: [DeletedMeshObject] = []

    @Option(help: "Program to be asked about configurations. Otherwise SWIFTLET_ENVOY, or envoy on the PATH.")
    var envoy: String?

    @Option(help: "Zone that all pods are in, as the operator is told.")
    var zone = ""

    @Flag(help: "End with 2 when changes are pending.")
    var exitCode = false

    @Option(
        name: .shortAndLong,
        help: "Namespace of manifests that name none, and of the WebServers looked at without -f."
    )
    var namespace: String?

    @OptionGroup var ingress: IngressOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        if server, !dryRun { throw ValidationError("--server goes with --dry-run.") }
        if server, isOffline {
            throw ValidationError("--server needs a cluster; --offline and --state do without one.")
        }
        if isOffline, !dryRun { throw ValidationError("--offline and --state go with --dry-run.") }
        if isOffline, filenames.isEmpty, delete.isEmpty {
            throw ValidationError("Without a cluster, -f must name the manifests.")
        }
        if !dryRun, !delete.isEmpty { throw ValidationError("--delete goes with --dry-run.") }
        _ = try ingress.annotations
        if !dryRun, envoy != nil { throw ValidationError("--envoy goes with --dry-run.") }
    }

    private var isOffline: Bool { offline || !state.isEmpty }

    func run() async throws {
        let logger = logging.logger("swiftlet.reconcile")
        do {
            let outcome: Outcome
            if isOffline {
                outcome = try await offline()
            } else {
                let configuration: ClusterConfiguration
                do {
                    configuration = try connection.configuration(namespace: namespace, logger: logger)
                } catch let error as ConfigurationError
                    where error.code == .notFound && dryRun && !server && !filenames.isEmpty
                {
                    Terminal.note("no cluster is configured: nothing is taken as present (use --state to say what is)")
                    try finish(try await offline())
                    return
                }
                outcome = try await connection.withClient(namespace: namespace, logger: logger) { client in
                    try await onCluster(client, namespace: configuration.namespace)
                }
            }
            try finish(outcome)
        } catch let error as ManifestError {
            Terminal.note("error: \(error)")
            throw ExitCode(1)
        } catch let error as KubeError {
            Terminal.note("error: \(error)")
            throw ExitCode(1)
        } catch let error as ConfigurationError {
            Terminal.note("error: \(error)")
            throw ExitCode(1)
        }
    }

    private typealias Outcome = (webServers: [WebServerReport], mesh: MeshReport?)

    private func offline() async throws -> Outcome {
        let loader = ManifestLoader(
            defaultNamespace: namespace ?? "default",
            standardInput: { try Terminal.readInput() }
        )
        let state = ManifestState(try loader.load(self.state).map(\.object))
        let manifests = try loader.load(filenames)
        let webServers = try await once(state, .local).reports(on: manifests)
        return (webServers, try await meshDryRun(state).report(on: manifests, deleting: delete.map(\.identity)))
    }

    private func onCluster(_ client: KubeClient, namespace: String) async throws -> Outcome {
        let loader = ManifestLoader(defaultNamespace: namespace, standardInput: { try Terminal.readInput() })
        let manifests = filenames.isEmpty ? nil : try loader.load(filenames)
        let discovery = Discovery(client: client)
        let served = try await discovery.servedResources()
        let kinds = ServedKinds(served, version: try await discovery.serverVersion())
        let state = LiveState(client: client, served: kinds)
        guard dryRun else {
            let reports = try await once(state, .local)
                .perform(manifests, namespace: self.namespace, client: client)
            return (reports, nil)
        }
        let prediction: WebServerDryRun.Prediction =
            server ? .server(PlanExecutor(client: client, isDryRun: true)) : .local
        let work = try once(state, prediction)
        let mesh = try meshDryRun(state, served: served, server: server ? client : nil)
        let deleted = delete.map(\.identity)
        if let manifests {
            return (try await work.reports(on: manifests), try await mesh.report(on: manifests, deleting: deleted))
        }
        guard deleted.isEmpty else { return ([], try await mesh.report(on: [], deleting: deleted)) }
        // Whoever looks at one namespace has not asked about the mesh.
        let stored = self.namespace == nil ? try await mesh.reportOnStored() : nil
        return (try await work.reports(namespace: self.namespace), stored)
    }

    private func once(_ state: any ClusterState, _ prediction: WebServerDryRun.Prediction) throws -> ReconcileOnce {
        ReconcileOnce(
            state: state,
            prediction: prediction,
            allowedAnnotations: try ingress.annotations,
            now: .now
        )
    }

    private func meshDryRun(
        _ state: any ClusterState,
        served: ServedResources? = nil,
        server: KubeClient? = nil
    ) throws -> MeshDryRun {
        MeshDryRun(
            state: state,
            served: served,
            server: server,
            options: DataplaneOptions(zone: zone),
            envoy: try EnvoyProgram.find(envoy, environment: ProcessInfo.processInfo.environment)
        )
    }

    private func finish(_ outcome: Outcome) throws {
        let text = ReportText(outcome.webServers, mesh: outcome.mesh)
        for note in outcome.mesh?.notes ?? [] { Terminal.note("note: \(note)") }
        for warning in outcome.webServers.flatMap(\.warnings) + (outcome.mesh?.warnings ?? []) {
            Terminal.note("warning: \(warning)")
        }
        if let output {
            Terminal.put(output.text(text.forPrograms))
        } else {
            Terminal.put(dryRun ? text.forPeople(colored: Terminal.isColored) : text.performed)
        }
        if exitCode, dryRun, text.hasChanges { throw ExitCode(2) }
    }
}

extension Timestamp {
    /// This moment.
    static var now: Timestamp { Timestamp(secondsSinceEpoch: Int64(Date().timeIntervalSince1970)) }
}

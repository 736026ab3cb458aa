import ArgumentParser
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
            files tell what there is. Without --dry-run the WebServers of the files are applied and their children written once.

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

    @Flag(help: "End with 2 when changes are pending.")
    var exitCode = false

    @Option(
        name: .shortAndLong,
        help: "Namespace of manifests that name none, and of the WebServers looked at without -f."
    )
    var namespace: String?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if server, !dryRun { throw ValidationError("--server goes with --dry-run.") }
        if server, isOffline {
            throw ValidationError("--server needs a cluster; --offline and --state do without one.")
        }
        if isOffline, !dryRun { throw ValidationError("--offline and --state go with --dry-run.") }
        if isOffline, filenames.isEmpty { throw ValidationError("Without a cluster, -f must name the manifests.") }
    }

    private var isOffline: Bool { offline || !state.isEmpty }

    func run() async throws {
        let logger = Logger(label: "swiftlet.reconcile")
        do {
            let reports: [WebServerReport]
            if isOffline {
                reports = try await offlineReports()
            } else {
                let configuration: ClusterConfiguration
                do {
                    configuration = try connection.configuration(namespace: namespace, logger: logger)
                } catch let error as ConfigurationError
                    where error.code == .notFound && dryRun && !server && !filenames.isEmpty
                {
                    Terminal.note("no cluster is configured: nothing is taken as present (use --state to say what is)")
                    reports = try await offlineReports()
                    try finish(reports)
                    return
                }
                reports = try await connection.withClient(namespace: namespace, logger: logger) { client in
                    try await clusterReports(client, namespace: configuration.namespace)
                }
            }
            try finish(reports)
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

    private func offlineReports() async throws -> [WebServerReport] {
        let loader = ManifestLoader(defaultNamespace: namespace ?? "default", standardInput: { Terminal.readInput() })
        let present = try loader.load(state).map(\.object)
        return try await ReconcileOnce(state: ManifestState(present), prediction: .local, now: .now)
            .reports(on: loader.load(filenames))
    }

    private func clusterReports(_ client: KubeClient, namespace: String) async throws -> [WebServerReport] {
        let loader = ManifestLoader(defaultNamespace: namespace, standardInput: { Terminal.readInput() })
        let manifests = filenames.isEmpty ? nil : try loader.load(filenames)
        let served = try await Discovery(client: client).servedResources()
        let state = LiveState(client: client, served: ServedKinds(served))
        if dryRun {
            let prediction: WebServerDryRun.Prediction =
                server ? .server(PlanExecutor(client: client, isDryRun: true)) : .local
            let work = ReconcileOnce(state: state, prediction: prediction, now: .now)
            guard let manifests else { return try await work.reports(namespace: self.namespace) }
            return try await work.reports(on: manifests)
        }
        return try await ReconcileOnce(state: state, prediction: .local, now: .now)
            .perform(manifests, namespace: self.namespace, client: client)
    }

    private func finish(_ reports: [WebServerReport]) throws {
        let text = ReportText(reports)
        for warning in reports.flatMap(\.warnings) { Terminal.note("warning: \(warning)") }
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

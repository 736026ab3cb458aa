import ArgumentParser
import Dataplanes
import KubeClient
import KubeModel
import Logging
import Operator
import WebServers

/// Where the objects come from that are looked at, and how the answer is printed.
struct InspectionArguments: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: "Objects to look at instead of a cluster's: a file, a directory, or -."
    )
    var filenames: [String] = []

    @Option(name: .shortAndLong, help: "Namespace to look at. All if not given.")
    var namespace: String?

    @Option(help: "Zone that all pods are in, as the operator is told.")
    var zone = ""

    @Option(name: .shortAndLong, help: "Print a document for programs: yaml or json.")
    var output: OutputFormat?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LoggingOptions

    /// Reads what there is and prints what `body` makes of it: text on standard output, warnings and notes on standard error.
    ///
    /// - Parameter body: gets options without a mesh to look at.
    /// - Throws: `ExitCode` after telling what went wrong.
    func inspect(_ body: (MeshObjects, InspectionOptions) throws -> (text: String, warnings: [String])) async throws {
        do {
            var options = InspectionOptions()
            options.dataplanes.zone = zone
            options.namespace = namespace
            var objects = try await objects()
            if filenames.isEmpty { objects.assumeDefaultMesh() } else { objects.assumeNamedMeshes() }
            let (text, warnings) = try body(objects, options)
            for note in objects.notes + (objects.missingSidecarNote.map { [$0] } ?? []) {
                Terminal.note("note: \(note)")
            }
            for warning in warnings { Terminal.note("warning: \(warning)") }
            Terminal.put(text)
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

    private func objects() async throws -> MeshObjects {
        guard filenames.isEmpty else {
            let loader = ManifestLoader(
                defaultNamespace: namespace ?? "default",
                standardInput: { try Terminal.readInput() }
            )
            return try await MeshObjects.read(from: ManifestState(loader.load(filenames).map(\.object)))
        }
        let logger = logging.logger("swiftlet.inspect")
        let configuration = try connection.configuration(namespace: namespace, logger: logger)
        return try await connection.withClient(namespace: namespace, logger: logger) { client in
            let discovery = Discovery(client: client)
            let served = try await discovery.servedResources()
            let kinds = ServedKinds(served, version: try await discovery.serverVersion())
            return try await MeshObjects.read(
                from: LiveState(client: client, served: kinds),
                served: served,
                fallback: configuration.namespace
            )
        }
    }
}

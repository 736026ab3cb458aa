import ArgumentParser
import Injection
import JSON
import KubeClient
import KubeModel
import Operator
import YAML

struct InjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inject",
        abstract: "Print workloads with the sidecar that the injector would give their pods.",
        discussion: """
            Reads Pods, Deployments, StatefulSets, DaemonSets, Jobs, CronJobs and Lists of them; other objects pass through as they are. Asks no \
            cluster: namespaces of the files count, and all others ask for sidecars.
            """
    )

    @Option(name: [.customShort("f"), .customLong("filename")], help: "Manifests: a file, a directory, or -.")
    var filenames: [String] = []

    @Option(name: .shortAndLong, help: "Print yaml or json.")
    var output = OutputFormat.yaml

    @OptionGroup var sidecar: SidecarOptions

    @Option(
        help:
            "Certificates by which sidecars know the control plane: a file in PEM. Without it they wait for the ConfigMap that the operator writes."
    )
    var certificateAuthority: String?

    @Flag(help: "Make native sidecars, which Kubernetes has from 1.29 on.")
    var nativeSidecars = false

    func validate() throws {
        if filenames.isEmpty { throw ValidationError("-f must name the manifests.") }
    }

    func run() throws {
        do {
            try inject()
        } catch let error as ManifestError {
            Terminal.note("error: \(error)")
            throw ExitCode(1)
        } catch let error as InjectionError {
            Terminal.note("error: \(error)")
            throw ExitCode(1)
        }
    }

    /// The text of a file that has to be there.
    private static func text(ofFile path: String) throws -> String {
        do {
            guard let bytes = try BoundedFile.read(path, limit: HostEnvironment.maximumFileSize) else {
                throw ManifestError("--certificate-authority: there is no file \(path)")
            }
            return String(decoding: bytes, as: UTF8.self)
        } catch let error as BoundedFile.Failure {
            throw ManifestError("--certificate-authority: cannot read \(path): \(error)")
        }
    }

    private func inject() throws {
        let loader = ManifestLoader(defaultNamespace: nil, standardInput: { try Terminal.readInput() })
        let objects = try loader.load(filenames).map(\.object)
        let namespaces = Dictionary(
            objects.filter { $0.groupVersionKind.groupKind == APIResource.namespaces.groupKind }.map {
                ($0.name, NamespaceMetadata(name: $0.name, labels: $0.labels, annotations: $0.annotations))
            },
            uniquingKeysWith: { $1 }
        )
        let authority = try certificateAuthority.map(Self.text(ofFile:)) ?? ""
        let injector = SidecarInjector(
            sidecar.configuration(certificateAuthority: authority, usesNativeSidecars: nativeSidecars)
        )
        var injected: [JSONValue] = []
        for object in objects {
            let outcome = try injector.inject(
                manifest: object.value,
                namespace: { name in
                    namespaces[name]
                        ?? NamespaceMetadata(name: name, labels: [MetadataKey.injection: "enabled"])
                },
                // Every pod of a cluster gets one of its own; here the same input is to give the same output.
                drainToken: "printed"
            )
            for warning in outcome.warnings { Terminal.note("warning: \(warning)") }
            if case .skipped(let reason) = outcome.action {
                Terminal.note("note: \(object.identity): \(reason.words)")
            }
            injected.append(outcome.object)
        }
        Terminal.put(output.text(documents: injected))
    }
}

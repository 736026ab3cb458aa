import ArgumentParser
import JSON
import KubeClient
import KubeModel
import Operator

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tell what is wrong with a cluster or an install, and which command comes next.",
        discussion: """
            Looks at what the cluster serves, the resources, the operator's pods and Lease, webhooks, certificates, rights, and at objects that need a \
            person; of what the operator was told to do by its arguments, and no more. Asks as the user of the kubeconfig; what that may not see is told, and the rest looked at. Changes nothing. Ends 1 when \
            the operator could not do its work.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LoggingOptions

    @Option(name: [.customShort("n"), .long], help: "Ask for the permissions in this namespace instead of in all.")
    var namespace: String?

    @Option(help: "Namespace of the operator.")
    var operatorNamespace = "swiftlet-system"

    @Option(help: "Service in front of the operator. What the operator was told if not given.")
    var operatorService: String?

    @Option(help: "Lease by which the operator elects its leader. What the operator was told if not given.")
    var leaseName: String?

    @Option(help: "Secret of somebody else with the certificates. What the operator was told if not given.")
    var certificateSecret: String?

    @Option(name: .shortAndLong, help: "Print a document for programs: yaml or json.")
    var output: OutputFormat?

    func run() async throws {
        let report = DoctorReport(try await findings())
        if let output {
            Terminal.put(output.text(report.document))
        } else {
            Terminal.put(report.text(isColored: Terminal.isColored))
        }
        if report.hasProblems { throw ExitCode(1) }
    }

    private func findings() async throws -> [Doctor.Finding] {
        let place = InstallState.Place(
            namespace: operatorNamespace,
            service: operatorService,
            lease: leaseName,
            certificateSecret: certificateSecret
        )
        do {
            return try await connection.withClient(namespace: namespace, logger: logging.logger("swiftlet.doctor")) {
                client in
                let discovery = Discovery(client: client)
                return try await Doctor(
                    client: client,
                    discovery: discovery,
                    namespace: namespace,
                    install: place,
                    now: .now
                ).examine()
            }
        } catch let error as KubeError {
            return [.unreachable("\(error)")]
        } catch let error as ConfigurationError {
            return [.unreachable("\(error)")]
        }
    }
}

extension Doctor.Finding {
    fileprivate static func unreachable(_ why: String) -> Self {
        Self(
            severity: .problem,
            subject: "server",
            message: "cannot be asked: \(why)",
            remedy: "see whether it answers at all: kubectl get --raw /readyz"
        )
    }
}

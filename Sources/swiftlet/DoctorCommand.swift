import ArgumentParser
import KubeClient
import Logging
import Operator

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tell what a cluster serves, which permissions are missing, and what to do about it.",
        discussion:
            "Asks as the user of the kubeconfig. Changes nothing. Ends 1 when the operator could not do its work."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var logging: LoggingOptions

    @Option(name: [.customShort("n"), .long], help: "Ask for the permissions in this namespace instead of in all.")
    var namespace: String?

    func run() async throws {
        let logger = logging.logger("swiftlet.doctor")
        let findings = try await connection.withClient(namespace: namespace, logger: logger) { client in
            try await Doctor(client: client, discovery: Discovery(client: client), namespace: namespace).examine()
        }
        let width = findings.map(\.subject.count).max() ?? 0
        for finding in findings {
            let mark =
                switch finding.severity {
                case .ok: "ok      "
                case .warning: "warning "
                case .problem: "PROBLEM "
                }
            let padding = String(repeating: " ", count: width - finding.subject.count)
            print("\(mark) \(finding.subject)\(padding)  \(finding.message)")
        }
        let problems = findings.count { $0.severity == .problem }
        guard problems == 0 else {
            print("\(problems) \(problems == 1 ? "problem" : "problems"). What to do:")
            var told = Set<String>()
            for finding in findings where !finding.remedy.isEmpty && told.insert(finding.remedy).inserted {
                print("  \(finding.remedy)")
            }
            throw ExitCode(1)
        }
        print("everything the operator needs is there")
    }
}

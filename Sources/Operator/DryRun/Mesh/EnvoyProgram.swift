import EnvoyAPI
import EnvoyConfig
import FoundationEssentials
import JSON
import KubeClient

/// An Envoy on this machine that can be asked about configurations. It serves nothing and opens no port.
package struct EnvoyProgram: Sendable {
    package let path: String
    private let runner: any ProcessRunner
    private let environment: [String: String]
    /// For one configuration.
    private let timeLimit: Duration

    package init(
        path: String,
        runner: any ProcessRunner = SubprocessRunner(),
        environment: [String: String] = [:],
        timeLimit: Duration = .seconds(20)
    ) {
        self.path = path
        self.runner = runner
        self.environment = environment
        self.timeLimit = timeLimit
    }

    /// The first that there is: the one that is asked for, that of `SWIFTLET_ENVOY`, or `envoy` on the `PATH`.
    ///
    /// - Throws: ``ManifestError`` when one is asked for, or named by the variable, that cannot be run.
    package static func find(_ given: String?, environment: [String: String]) throws(ManifestError) -> EnvoyProgram? {
        let named = given.map { ("--envoy", $0) } ?? environment["SWIFTLET_ENVOY"].map { ("SWIFTLET_ENVOY", $0) }
        if let (source, path) = named, !path.isEmpty {
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw ManifestError("\(source): \(path) is no program that can be run")
            }
            return EnvoyProgram(path: path)
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        return folders.lazy.map { "\($0)/envoy" }.first(where: FileManager.default.isExecutableFile).map {
            EnvoyProgram(path: $0)
        }
    }

    /// Whether Envoy would start with it.
    ///
    /// - Throws: `CancellationError`.
    package func outcome(for snapshot: ProxySnapshot) async throws -> EnvoyVerdict.Answer.Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let file = folder.appending(path: "bootstrap.json")
            try Data(StaticBootstrap(snapshot).json().encoded()).write(to: file)
            let outcome = try await outcome(ofFile: file.path)
            try FileManager.default.removeItem(at: folder)
            return outcome
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return .failed("\(error)")
        }
    }

    private func outcome(ofFile file: String) async throws -> EnvoyVerdict.Answer.Outcome {
        let command = ProcessCommand(
            executable: path,
            arguments: [
                "--mode", "validate", "--config-path", file, "--log-level", "error", "--concurrency", "1",
            ],
            environment: environment,
            isInteractive: false,
            timeLimit: timeLimit,
            outputLimit: 1 << 20
        )
        do {
            let result = try await runner.run(command)
            let words = Self.words(of: result.standardError + result.standardOutput, file: file)
            return switch result.status {
            case .exited(0): .accepted
            case .exited: .rejected(words)
            case .signaled(let signal): .failed("it ended by signal \(signal): \(words)")
            }
        } catch let failure as ProcessFailure {
            return switch failure {
            case .notFound: .failed("there is no such program")
            case .notStarted(let reason): .failed("it did not start: \(reason)")
            case .tooMuchOutput: .failed("it wrote too much")
            case .tookTooLong: .failed("it took longer than \(timeLimit)")
            }
        }
    }

    /// What is worth reading: not the same twice, and not the name of our file.
    private static func words(of output: [UInt8], file: String) -> String {
        let text = String(decoding: output, as: UTF8.self).replacing(" '\(file)'", with: "")
        var seen: Set<Substring> = []
        let lines = text.split(separator: "\n").map { line -> Substring in
            // "[2026-01-01 00:00:00.000][17][critical][main] [source/server/server.cc:442] message"
            var rest = line
            while rest.first == "[", let end = rest.firstIndex(of: "]") {
                rest = rest[rest.index(after: end)...].drop { $0 == " " }
            }
            return rest
        }.filter { !$0.isEmpty && seen.insert($0).inserted }
        return String(lines.joined(separator: "\n").prefix(4000))
    }
}

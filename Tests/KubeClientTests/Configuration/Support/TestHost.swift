import KubeModel
import Synchronization

@testable import KubeClient

/// A machine whose files, time and programs a test decides.
final class TestHost: Sendable {
    private struct State {
        var files: [String: Result<[UInt8], TestError>]
        var now: Int64 = 1_800_000_000
        var uptime: Duration = .zero
        var reads: [String] = []
        var warnings: [String] = []
    }

    private let state: Mutex<State>
    let processes: ScriptedProcesses
    private let variables: [String: String]
    private let isTerminal: Bool

    init(
        files: [String: String] = [:],
        variables: [String: String] = [:],
        isTerminal: Bool = false,
        processes: ScriptedProcesses = ScriptedProcesses([])
    ) {
        state = Mutex(State(files: files.mapValues { .success(Array($0.utf8)) }))
        self.variables = variables
        self.isTerminal = isTerminal
        self.processes = processes
    }

    var environment: HostEnvironment {
        HostEnvironment(
            variables: variables,
            workingDirectory: "/home/dir",
            readFile: { [self] path in
                let content = state.withLock { state in
                    state.reads.append(path)
                    return state.files[path]
                }
                return try content?.get()
            },
            isStandardInputTerminal: { [isTerminal] in isTerminal },
            now: { [self] in Timestamp(secondsSinceEpoch: state.withLock(\.now)) },
            uptime: { [self] in state.withLock(\.uptime) },
            processes: processes,
            warn: { [self] message in state.withLock { $0.warnings.append(message) } }
        )
    }

    var now: Timestamp { Timestamp(secondsSinceEpoch: state.withLock(\.now)) }
    var warnings: [String] { state.withLock(\.warnings) }

    func reads(of path: String) -> Int { state.withLock { $0.reads.count { $0 == path } } }

    func write(_ text: String?, to path: String) {
        state.withLock { $0.files[path] = text.map { .success(Array($0.utf8)) } }
    }

    func breakFile(_ path: String) {
        state.withLock { $0.files[path] = .failure(TestError(description: "Permission denied")) }
    }

    func advance(bySeconds seconds: Int64) {
        state.withLock { state in
            state.now += seconds
            state.uptime += .seconds(seconds)
        }
    }

    func load(_ overrides: ConfigurationOverrides = ConfigurationOverrides()) throws -> ClusterConfiguration {
        try ConfigurationLoader(host: environment).load(overrides)
    }
}

struct TestError: Error, Hashable, CustomStringConvertible {
    var description: String
}

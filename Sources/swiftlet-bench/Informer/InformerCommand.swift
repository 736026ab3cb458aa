import ArgumentParser
import Glibc
import JSON
import KubeModel
import KubeRuntime
import Logging

/// A process that does nothing but keep a store of pods, so that what it uses up is what that costs.
struct InformerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "informer",
        abstract: "List and watch all pods, and tell what it took, as lines of JSON.",
        shouldDisplay: false
    )

    @Option var kubeconfig: String

    @Flag(help: "Ask for JSON instead of protobuf.")
    var json = false

    @Option(help: "How many changes to wait for after the list.")
    var events = 0

    func run() async throws {
        let start = ContinuousClock.now
        try await BenchCluster.connected(to: kubeconfig) { cluster in
            if json {
                try await follow(JSONPod.self, cluster, since: start)
            } else {
                try await follow(Pod.self, cluster, since: start)
            }
        }
    }

    private func follow<Object: WireObject>(
        _ type: Object.Type,
        _ cluster: BenchCluster,
        since start: ContinuousClock.Instant
    ) async throws {
        let store = Store<Object>()
        let options = try await cluster.reflectorOptions()
        let reflector = Reflector(
            name: "pods",
            source: KubeListWatch<Object>(client: cluster.client, resource: .pods),
            store: store,
            options: options,
            logger: Logger(label: "informer") { StreamLogHandler.standardError(label: $0) }
        )
        Malloc.trim()
        let before = (heap: try Self.heapInUse(), usage: try ProcessUsage(of: getpid()))
        try await withThrowingTaskGroup { group in
            group.addTask { await reflector.run() }
            defer { group.cancelAll() }
            let isSynced = await reflector.kindState.wait(until: .now + .seconds(120), time: .system) {
                $0.phase == .synced
            }
            guard isSynced else { throw BenchError("pods: \(reflector.kindState.value)") }
            let seconds = (ContinuousClock.now - start).seconds
            let usage = try ProcessUsage(of: getpid())
            Malloc.trim()
            let heap = try Self.heapInUse()
            let resident = try ProcessUsage(of: getpid()).residentMebibytes - before.usage.residentMebibytes
            let synced = InformerFigures.Synced(
                objects: store.count,
                seconds: seconds,
                cpu: usage.cpu,
                peakMebibytes: usage.peakMebibytes,
                heapBytes: heap - before.heap,
                residentBytes: Int(resident * 1_048_576)
            )
            if events > 0 {
                try await count(store, then: { try tell(synced) })
            } else {
                try tell(synced)
            }
        }
    }

    /// Counts the changes from now on.
    ///
    /// - Parameter ready: called once none is missed any more.
    private func count<Object: WireObject>(_ store: Store<Object>, then ready: () throws -> Void) async throws {
        let seen = ObservedValue(0)
        store.onChange { change in
            if case .updated = change { seen.update { $0 += 1 } }
        }
        let before = try ProcessUsage(of: getpid())
        try ready()
        let expected = events
        guard await seen.wait(until: .now + .seconds(300), time: .system, for: { $0 >= expected }) else {
            throw BenchError("saw \(seen.value) changes of \(expected)")
        }
        let after = try ProcessUsage(of: getpid())
        try tell(
            InformerFigures.Followed(
                events: seen.value,
                cpu: after.cpu - before.cpu,
                peakMebibytes: after.peakMebibytes
            )
        )
    }

    private func tell(_ figures: some Encodable) throws {
        put(try JSONValue(encoding: figures).encodedText(), on: STDOUT_FILENO)
    }

    /// In bytes.
    private static func heapInUse() throws(BenchError) -> Int {
        guard let figures = Malloc.figures else { throw BenchError("this C library does not tell what is allocated") }
        return figures.used
    }
}

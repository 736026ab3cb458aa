import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI
import Synchronization

/// When each WebServer was created and when it had converged, as a watch tells.
final class Convergence: Sendable {
    private let created = Mutex<[ObjectKey: ContinuousClock.Instant]>([:])
    private let converged = ObservedValue<[ObjectKey: ContinuousClock.Instant]>([:])
    private let reflector: Reflector<KubeListWatch<ConvergingWebServer>>

    init(cluster: BenchCluster) async throws {
        let store = Store<ConvergingWebServer>()
        reflector = Reflector(
            name: WebServer.resource.description,
            source: KubeListWatch(client: cluster.client, resource: WebServer.resource),
            store: store,
            options: try await cluster.reflectorOptions(),
            logger: Logger(label: "convergence") { StreamLogHandler.standardError(label: $0) }
        )
        store.onChange { [converged] change in
            let now = ContinuousClock.now
            let object = change.object
            if object.hasConverged { converged.update { $0[object.key] = $0[object.key] ?? now } }
        }
    }

    /// Watches until the task is cancelled.
    func watch() async { await reflector.run() }

    /// Waits until creations will be seen.
    func ready() async throws {
        guard await reflector.kindState.wait(until: .now + .seconds(30), time: .system, for: { $0.phase == .synced })
        else { throw BenchError("cannot watch WebServers: \(reflector.kindState.value)") }
    }

    /// Notes that an object is about to be created.
    func creating(_ key: ObjectKey) {
        created.withLock { $0[key] = .now }
    }

    /// Waits until all have converged.
    func all(_ count: Int) async throws {
        let isDone = await converged.wait(until: .now + .seconds(300), time: .system) { $0.count >= count }
        guard isDone else { throw BenchError("only \(converged.value.count) of \(count) converged in time") }
    }

    /// Seconds from the first creation to the last convergence.
    var total: Double {
        guard let first = created.withLock({ $0.values.min() }), let last = converged.value.values.max() else {
            return 0
        }
        return (last - first).seconds
    }

    /// Seconds from creation to convergence of each.
    var latencies: [Double] {
        let created = created.withLock { $0 }
        return converged.value.compactMap { key, end in created[key].map { (end - $0).seconds } }
    }
}

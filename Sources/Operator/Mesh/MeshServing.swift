import KubeAdmission
import KubeRuntime
import ServiceLifecycle
import XDS

/// Serves proxies, from the moment that there is a certificate, with what follows from the cluster, from the moment that all of it is known.
struct MeshServing: Service {
    let engine: MeshEngine
    let deliveryWatch: DeliveryWatch
    let xds: XDSServer
    let certificate: ServingCertificate
    /// All kinds that the mesh follows from.
    let kinds: [any KindReflecting]
    /// To be done once, when they have been listed.
    let begin: @Sendable () async -> Void
    let time: TimeSource

    /// - Throws: what the xDS server throws.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await cancelWhenGracefulShutdown { await engine.run() } }
            group.addTask { try await deliveryWatch.run() }
            group.addTask { await cancelWhenGracefulShutdown { await beginWhenSynced() } }
            group.addTask { try await serve() }
        }
    }

    private func beginWhenSynced() async {
        for kind in kinds {
            guard await kind.kindState.wait(until: nil, time: time, for: \.hasObjects) else { return }
        }
        await begin()
    }

    private func serve() async throws {
        do {
            _ = try await cancelWhenGracefulShutdown { try await certificate.next() }
        } catch is CancellationError {
            return
        }
        try await xds.run()
    }
}

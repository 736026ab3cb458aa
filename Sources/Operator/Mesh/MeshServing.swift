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
    let begin: @Sendable () async throws -> Void

    /// - Throws: what the xDS server throws, and ``KubeError`` when what is done at the beginning fails.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await cancelWhenGracefulShutdown { await engine.run() } }
            group.addTask { try await deliveryWatch.run() }
            group.addTask { try await cancelWhenGracefulShutdown { try await beginWhenSynced() } }
            group.addTask { try await serve() }
        }
    }

    private func beginWhenSynced() async throws {
        for kind in kinds {
            guard await kind.kindState.wait(until: nil, time: .system, for: \.hasObjects) else { return }
        }
        try await begin()
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

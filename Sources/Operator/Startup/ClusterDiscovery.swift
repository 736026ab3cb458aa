import KubeClient
import KubeModel
import KubeRuntime
import Logging
import WebServers

/// Finds out what the API server can do, however long it cannot be reached.
struct ClusterDiscovery: Sendable {
    let client: KubeClient
    var backoff = BackoffPolicy(base: .seconds(1), cap: .seconds(30))
    var seed = UInt64.random(in: 0 ... .max)
    let time: TimeSource
    let logger: Logger

    /// Asks until there is an answer, with exponential delays in between, full jitter and what the server itself asks for.
    ///
    /// - Parameter readiness: told why it takes so long.
    /// - Throws: what cancellation leads to, and nothing else.
    func features(telling readiness: StartupReadiness) async throws -> ClusterFeatures {
        var random = SplitMix64(seed: seed)
        var failures = 0
        while true {
            do throws(KubeError) {
                return try await ask()
            } catch {
                if error.isCancelled { throw error }
                let wait = backoff.delay(previousFailures: failures, minimum: error.retryAfter, using: &random)
                failures += 1
                logger.warning(
                    "cannot ask the API server what it serves, trying again",
                    metadata: ["error": "\(error)", "failures": "\(failures)", "wait": "\(wait)"]
                )
                readiness.wait(because: "\(error)")
                try await time.sleep(until: time.now.advanced(by: wait))
            }
        }
    }

    private func ask() async throws(KubeError) -> ClusterFeatures {
        let discovery = Discovery(client: client)
        let served = try await discovery.servedResources()
        let version = try await discovery.serverVersion()
        return ClusterFeatures(
            served: ServedKinds(served, version: version),
            streamsLists: version.streamsLists,
            runsNativeSidecars: version.runsNativeSidecars,
            evictionVersion: version.evictionVersion,
            endpointSlices: served.preferred(for: APIResource.endpointSlices.groupKind, among: ["v1", "v1beta1"])
        )
    }
}

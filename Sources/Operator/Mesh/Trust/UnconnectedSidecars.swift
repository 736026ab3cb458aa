import Dataplanes
import KubeModel
import KubeRuntime

/// Finds the sidecars that run and are not connected to any replica of the operator. Pure; time is an input.
///
/// A sidecar connects within seconds of its start, and again within seconds when a replica ends. One that does not for ``patience`` cannot.
struct UnconnectedSidecars: Sendable {
    static let patience = Duration.seconds(60)

    struct Sidecar: Hashable, Sendable, Comparable {
        var pod: ObjectKey
        var mesh: String
        /// The address that it would connect from.
        var address: String

        static func < (left: Sidecar, right: Sidecar) -> Bool { left.pod < right.pod }
    }

    /// By the uids of their pods.
    private var missingSince: [UID: TimeSource.Instant] = [:]

    /// - Parameters:
    ///   - expected: the pods whose sidecars run, with the mesh of each.
    ///   - isConnected: whether the sidecar is connected to any replica.
    /// - Returns: those that have not been connected for ``patience``, in order.
    mutating func look(
        at expected: [(pod: Pod, mesh: String)],
        now: TimeSource.Instant,
        isConnected: (Pod, _ mesh: String) -> Bool
    ) -> [Sidecar] {
        var missing: [UID: TimeSource.Instant] = [:]
        var found: [Sidecar] = []
        for (pod, mesh) in expected where !isConnected(pod, mesh) {
            let since = missingSince[pod.uid] ?? now
            missing[pod.uid] = since
            guard since.duration(to: now) >= Self.patience else { continue }
            found.append(Sidecar(pod: pod.key, mesh: mesh, address: pod.podIP))
        }
        missingSince = missing
        return found.sorted()
    }

    /// Begins anew, such as after a time in which nobody looked.
    mutating func forget() { missingSince = [:] }
}

extension Pod {
    /// Whether there is a sidecar that should be connected: it runs, and the pod is neither ending nor over.
    var hasRunningSidecar: Bool {
        guard hasSidecar, hasAddress, deletionTimestamp == nil else { return false }
        return containers.contains { $0.name == MeshMarks.sidecar && $0.state == .running }
    }
}

import Dataplanes
import KubeModel
import KubeRuntime
import Synchronization
import XDS

/// Which sidecars are not connected although they run, as the replica that leads saw last.
final class SidecarConnections: MetricsCollector {
    /// A sidecar that is not connected.
    struct Finding: Hashable, Sendable {
        var pod: ObjectKey
        /// Why, if the TLS handshake tells.
        var reason: String?
    }

    /// So many pods are named in a status; the same is wrong with others.
    static let mostNamed = 10
    /// So many namespaces have a series.
    static let mostNamespaces = 100
    /// How often is looked.
    static let pace = Duration.seconds(10)

    private let findings = Mutex<[String: [Finding]]>([:])

    /// Those of a mesh, in the order of their names.
    func findings(of mesh: String) -> [Finding] { findings.withLock { $0[mesh] ?? [] } }

    /// - Returns: the meshes of which something else is known now.
    func set(_ new: [String: [Finding]]) -> Set<String> {
        findings.withLock { findings in
            let changed = Set(findings.keys).union(new.keys).filter { findings[$0] != new[$0] }
            findings = new
            return changed
        }
    }

    func collect(into metrics: inout MetricsCollection) {
        var counts: [String: Int] = [:]
        findings.withLock { findings in
            for finding in findings.values.joined() { counts[finding.pod.namespace, default: 0] += 1 }
        }
        for (namespace, count) in counts.sorted(by: { $0.key < $1.key }).prefix(Self.mostNamespaces) {
            metrics.gauge("swiftlet_sidecars_not_connected", Double(count), labels: [("namespace", namespace)])
        }
    }
}

/// Looks for sidecars that are not connected, while this replica leads.
struct ConnectionWatch: Sendable {
    let stores: MeshStores
    let hub: ProxyHub
    let connections: SidecarConnections
    let failures: HandshakeFailures
    /// Of other replicas; `nil` when one of them does not tell.
    let connectedElsewhere: @Sendable () -> Set<UInt32>?
    let meshOf: @Sendable (Pod) -> String?
    let queue: WorkQueue<ProgrammedKey>
    let time: TimeSource

    func run() async {
        var unconnected = UnconnectedSidecars()
        while !Task.isCancelled {
            tell(look(&unconnected))
            do { try await time.sleep(until: time.now.advanced(by: SidecarConnections.pace)) } catch { break }
        }
        // Whoever leads next tells.
        tell([:])
    }

    func look(_ unconnected: inout UnconnectedSidecars) -> [String: [SidecarConnections.Finding]] {
        guard stores.pods.isFilled, let elsewhere = connectedElsewhere() else {
            unconnected.forget()
            return [:]
        }
        let connected = Set(hub.connected)
        let expected = stores.pods.all().compactMap { pod in
            pod.hasRunningSidecar ? meshOf(pod).map { (pod, $0) } : nil
        }
        let now = time.now
        let found = unconnected.look(at: expected, now: now) { pod, mesh in
            let proxy = ProxyID(mesh: mesh, namespace: pod.namespace, name: pod.name)
            return connected.contains(proxy) || elsewhere.contains(ConnectedProxies.digest(proxy))
        }
        return Dictionary(grouping: found, by: \.mesh).mapValues { sidecars in
            sidecars.map { .init(pod: $0.pod, reason: failures.reason($0.address, now: now)) }
        }
    }

    private func tell(_ findings: [String: [SidecarConnections.Finding]]) {
        for mesh in connections.set(findings) { queue.add(.mesh(mesh)) }
    }
}

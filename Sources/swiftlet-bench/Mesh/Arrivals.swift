import EnvoyAPI
import KubeRuntime
import Synchronization

/// Waits for a change to have reached all proxies.
final class Arrivals: Sendable {
    private struct Expectation {
        var type: ResourceType
        var prefix: String
        var missing: Set<String>
    }

    private let nodeIDs: Set<String>
    private let expectation = Mutex<Expectation?>(nil)
    private let complete = ObservedValue<ContinuousClock.Instant?>(nil)

    init(_ nodeIDs: [String]) { self.nodeIDs = Set(nodeIDs) }

    /// From now on a resource of this type is waited for whose name begins so.
    func expect(_ type: ResourceType, _ prefix: String) {
        complete.update { $0 = nil }
        expectation.withLock { $0 = Expectation(type: type, prefix: prefix, missing: nodeIDs) }
    }

    /// Notes what a proxy acknowledged.
    func note(_ nodeID: String, _ type: ResourceType, _ names: [String]) {
        let isLast = expectation.withLock { expectation in
            guard let expected = expectation, expected.type == type,
                names.contains(where: { $0.hasPrefix(expected.prefix) })
            else { return false }
            // Not copied on the way.
            return expectation?.missing.remove(nodeID) != nil && expectation?.missing.isEmpty == true
        }
        guard isLast else { return }
        let now = ContinuousClock.now
        complete.update { $0 = now }
    }

    /// When the last of all proxies had it.
    func last() async throws -> ContinuousClock.Instant {
        _ = await complete.wait(until: .now + .seconds(60), time: .system) { $0 != nil }
        guard let at = complete.value else {
            let missing = expectation.withLock { $0?.missing.count ?? 0 }
            throw BenchError("\(missing) of \(nodeIDs.count) proxies did not get a change within a minute")
        }
        return at
    }
}

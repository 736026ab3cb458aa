import KubeClient
import KubeModel
import Synchronization

@testable import KubeRuntime

/// A lease that several electors share, and that can be out of reach.
final class SharedLease: LeaseStorage {
    private struct State {
        var lease: LeaseState?
        var isAway = false
        var watchers: [ElectionInbox] = []
    }

    private let state = Mutex(State())
    let description = "Lease in memory"

    /// Grows with each write.
    var version: Int64 { state.withLock { Int64($0.lease?.version.number ?? 0) } }
    var holder: String? { state.withLock { $0.lease?.record.holder } }
    func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }
    func tell(_ inbox: ElectionInbox) { state.withLock { $0.watchers.append(inbox) } }

    private func error(_ code: Int, _ reason: String) -> KubeError {
        let status = KubeStatus(code: code, reason: reason, message: "scripted")
        return KubeError(.status(status), verb: "update", subject: "leases", message: "\(status)")
    }

    func read() async throws(KubeError) -> LeaseState? {
        let (lease, isAway) = state.withLock { ($0.lease, $0.isAway) }
        if isAway { throw error(503, "ServiceUnavailable") }
        return lease
    }

    func write(_ record: LeaseRecord, replacing base: LeaseState?) async throws(KubeError) -> LeaseState {
        let result: Result<LeaseState, KubeError> = state.withLock { state in
            if state.isAway { return .failure(error(503, "ServiceUnavailable")) }
            guard state.lease?.version == base?.version else {
                return .failure(error(409, base == nil ? "AlreadyExists" : "Conflict"))
            }
            let version = ResourceVersion((state.lease?.version.number ?? 0) + 1)
            let lease = LeaseState(record: record, version: version)
            state.lease = lease
            for inbox in state.watchers { inbox.put(.observed(lease)) }
            return .success(lease)
        }
        return try result.get()
    }
}

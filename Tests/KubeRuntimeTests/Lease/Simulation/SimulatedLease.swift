import KubeModel
import KubeRuntime

/// The API server's side: one lease, optimistic writes, and who was granted it last.
struct SimulatedLease {
    private(set) var state: LeaseState?
    /// The last replica that became holder, or renewed after it had been.
    private(set) var granted: Int?
    private var version: UInt64 = 100

    enum Answer {
        case read(LeaseState?)
        case written(LeaseState)
        case conflict
    }

    mutating func carryOut(
        _ call: SimulatedCall,
        of replica: Int,
        _ identity: String,
        _ times: ElectionTimes,
        wall: Int64
    ) -> Answer {
        guard case .write(let write) = call else { return .read(state) }
        guard write.base?.version == state?.version else { return .conflict }
        version += 1
        // Clocks of walls may show anything; nobody may decide by them.
        let record = write.record(identity: identity, times: times, wall: String(wall))
        let new = LeaseState(record: record, version: ResourceVersion(version))
        state = new
        if write.purpose != .release { granted = replica }
        return .written(new)
    }
}

enum SimulatedCall {
    case read
    case write(LeaseWrite)
}

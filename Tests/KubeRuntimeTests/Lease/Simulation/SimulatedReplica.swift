import KubeRuntime

/// A process that takes part: what ``LeaseElector`` and `WriteFence` do, in a world without threads.
final class SimulatedReplica {
    let number: Int
    let identity: String
    var election: Election
    /// Its clock shows `offset` at the beginning, and runs so fast.
    let offset: Int64
    let rate: Double
    /// Whether the process runs at all.
    var isUp = true
    var frozenUntil: Int64 = 0
    /// How long an answer from or to the server takes at most, at present.
    var slowness: Int64 = 20_000_000
    var isCutOff: (from: Int64, until: Int64) = (0, 0)
    var watchIsBroken = false

    /// On its own clock; the smallest number when closed.
    var gate = Int64.min
    /// Whether it believes that it leads, as the tasks see it that do its work.
    var isWorking = false
    var term = 0
    /// The number of the call that is under way.
    var call = 0
    var wake = 0
    /// When the last write of the lease counts as sent.
    var sent: Int64 = 0
    /// Writes that were sent and not answered, and when one was last given up on its clock.
    var pending = 0
    var lastGivenUp = Int64.min / 2

    init(number: Int, seed: UInt64, times: ElectionTimes, offset: Int64, rate: Double) {
        self.number = number
        self.offset = offset
        self.rate = rate
        identity = "replica-\(number)"
        election = Election(identity: identity, times: times, seed: seed)
    }

    /// What its clock shows, in nanoseconds.
    func clock(at time: Int64) -> Int64 { offset + Int64(Double(time) * rate) }

    /// When its clock will have shown it.
    func time(of clock: Int64) -> Int64 { Int64(Double(clock - offset) / rate) + 2 }

    func isGateOpen(at time: Int64) -> Bool { clock(at: time) < gate }
}

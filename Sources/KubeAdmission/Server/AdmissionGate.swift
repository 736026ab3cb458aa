import KubeRuntime

/// Lets so much in at a time, of requests or their bytes; the others wait for their turn.
struct AdmissionGate: Sendable {
    private let inside = ObservedValue(0)
    let limit: Int
    private let time: TimeSource

    init(limit: Int, time: TimeSource) {
        self.limit = max(1, limit)
        self.time = time
    }

    /// - Parameter weight: how much of the limit it takes. What weighs more than that passes alone.
    /// - Returns: what `work` returns; `nil` when its turn did not come before the deadline.
    func pass<Value: Sendable>(
        weight: Int = 1,
        until deadline: TimeSource.Instant,
        _ work: () async throws -> Value
    ) async throws -> Value? {
        let weight = min(max(weight, 1), limit)
        let room = limit - weight
        while !enter(weight, room) {
            guard await inside.wait(until: deadline, time: time, for: { $0 <= room }) else { return nil }
        }
        defer { inside.update { $0 -= weight } }
        return try await work()
    }

    private func enter(_ weight: Int, _ room: Int) -> Bool {
        inside.update { load in
            guard load <= room else { return false }
            load += weight
            return true
        }
    }
}

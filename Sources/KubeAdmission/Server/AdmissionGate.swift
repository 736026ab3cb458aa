import KubeRuntime

/// Lets so many requests in at a time; the others wait for their turn.
struct AdmissionGate: Sendable {
    private let inside = ObservedValue(0)
    private let limit: Int
    private let time: TimeSource

    init(limit: Int, time: TimeSource) {
        self.limit = max(1, limit)
        self.time = time
    }

    /// - Returns: what `work` returns; `nil` when its turn did not come before the deadline.
    func pass<Value: Sendable>(
        until deadline: TimeSource.Instant,
        _ work: () async throws -> Value
    ) async throws -> Value? {
        let limit = limit
        while !enter() {
            guard await inside.wait(until: deadline, time: time, for: { $0 < limit }) else { return nil }
        }
        defer { inside.update { $0 -= 1 } }
        return try await work()
    }

    private func enter() -> Bool {
        let limit = limit
        return inside.update { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }
}

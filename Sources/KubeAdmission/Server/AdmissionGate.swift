import KubeRuntime

/// Lets so much in at a time, of requests or their bytes; the others wait for their turn, as ``AdmissionLine`` has it.
struct AdmissionGate: Sendable {
    private struct State {
        var line: AdmissionLine
        var lastID: UInt64 = 0
    }

    private let state: ObservedValue<State>
    private let time: TimeSource

    init(limit: Int, time: TimeSource) {
        state = ObservedValue(State(line: AdmissionLine(limit: limit)))
        self.time = time
    }

    /// - Parameters:
    ///   - weight: how much of the limit it takes. What weighs more than that passes alone.
    ///   - address: whose share it takes.
    /// - Returns: what `work` returns; `nil` when its turn did not come before the deadline.
    func pass<Value: Sendable>(
        weight: Int = 1,
        from address: String?,
        until deadline: TimeSource.Instant,
        _ work: () async throws -> Value
    ) async throws -> Value? {
        let id = state.update { state in
            state.lastID += 1
            state.line.arrive(state.lastID, weight: weight, from: address)
            return state.lastID
        }
        defer { state.update { $0.line.leave(id) } }
        guard await state.wait(until: deadline, time: time, for: { $0.line.isInside(id) }) else { return nil }
        return try await work()
    }
}

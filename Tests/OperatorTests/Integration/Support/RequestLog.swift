import KubeTransport
import Synchronization

/// Counts the requests of one operator, and remembers how it ended.
final class RequestLog: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    func note(_ observation: TransportObservation) {
        state.withLock { $0.counts[observation.method, default: 0] += 1 }
    }

    func end(with error: any Error) {
        state.withLock { $0.failure = error }
    }

    /// Why the operator ended, if it has.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// How many requests there were that change something, by method. Empty when there were none.
    var writes: [String: Int] { state.withLock { $0.counts.filter { $0.key != "GET" } } }

    /// How many requests there were.
    var total: Int { state.withLock { $0.counts.values.reduce(0, +) } }
}

import KubeClient
import KubeModel
import KubeRuntime
import KubeTransport
import Synchronization

/// An API server for one kind that answers by a script and notes what it was asked.
final class ScriptedSource: ListWatching {
    enum Answer: Sendable {
        case page([Result<Thing, ObjectDecodingError>], ListEnd)
        /// The events of a watch; it ends after them, by the error if there is one, and stays open if `isOpen`.
        case watch([WatchEvent<Thing>], then: KubeError? = nil, isOpen: Bool = false)
        case refuse(KubeError)
    }

    private struct State {
        var script: [Answer]
        var asked: [String] = []
        var idleTimeouts: [Duration?] = []
    }

    private let state: Mutex<State>

    init(_ script: [Answer]) { state = Mutex(State(script: script)) }

    var asked: [String] { state.withLock { $0.asked } }
    var idleTimeouts: [Duration?] { state.withLock { $0.idleTimeouts } }
    fileprivate func note(idleTimeout: Duration?) { state.withLock { $0.idleTimeouts.append(idleTimeout) } }

    private func answer(_ question: ReflectorMachine.Action) -> Answer {
        state.withLock { state in
            state.asked.append(words(question))
            return state.script.isEmpty ? .watch([], isOpen: true) : state.script.removeFirst()
        }
    }

    func list(
        _ request: ReflectorList,
        onItem: (Result<Thing, ObjectDecodingError>) -> Void
    ) async throws -> ListEnd {
        switch answer(.list(request)) {
        case .page(let items, let end):
            for item in items { onItem(item) }
            return end
        case .refuse(let error): throw error
        case .watch: throw KubeError(.decoding, verb: "list", subject: "things", message: "the script has a watch")
        }
    }

    func watch(_ request: ReflectorWatch) async throws(KubeError) -> Events {
        switch answer(.watch(request)) {
        case .watch(let events, let error, let isOpen):
            return Events(source: self, events: events, error: error, isOpen: isOpen)
        case .refuse(let error): throw error
        case .page: throw KubeError(.decoding, verb: "watch", subject: "things", message: "the script has a list")
        }
    }

    struct Events: WatchEvents {
        typealias Object = Thing
        let source: ScriptedSource
        let events: [WatchEvent<Thing>]
        let error: KubeError?
        let isOpen: Bool

        func setIdleTimeout(_ timeout: Duration?) { source.note(idleTimeout: timeout) }
        func makeAsyncIterator() -> Iterator { Iterator(events: events[...], error: error, isOpen: isOpen) }

        struct Iterator: AsyncIteratorProtocol {
            var events: ArraySlice<WatchEvent<Thing>>
            let error: KubeError?
            let isOpen: Bool

            mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws(KubeError) -> WatchEvent<Thing>? {
                if let event = events.popFirst() { return event }
                if isOpen {
                    await WakeUp().wait()
                    throw KubeError(.cancelled, verb: "watch", subject: "things", message: "cancelled")
                }
                if let error { throw error }
                return nil
            }
        }
    }
}

func status(_ code: Int, _ reason: String = "") -> KubeStatus {
    KubeStatus(code: code, reason: reason, message: "the server says \(code)")
}

func refusal(_ code: Int) -> KubeError {
    KubeError(.status(status(code)), verb: "watch", subject: "things", message: "the server says \(code)")
}

func broken(_ code: TransportError.Code) -> KubeError {
    KubeError(
        .transport(TransportError(code, "broken", wasSent: true)),
        verb: "watch",
        subject: "things",
        message: "broken"
    )
}

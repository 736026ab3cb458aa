import Synchronization

/// Whether a controller reconciles at present, for those who outlive it.
final class ControllerTerm: Sendable {
    private let state = Atomic(false)

    var isUnderWay: Bool { state.load(ordering: .relaxed) }
    func begin() { state.store(true, ordering: .relaxed) }
    func end() { state.store(false, ordering: .relaxed) }
}

import KubeModel
import KubeRuntime

/// A kind whose state a test sets.
final class FakeKind: KindReflecting {
    let name: String
    let kindState: ObservedValue<KindState>
    let objectCount = 3
    let resourceVersion = ResourceVersion(42)
    let isRunning = ObservedValue(false)

    init(_ name: String, _ phase: KindState.Phase, reason: String = "") {
        self.name = name
        kindState = ObservedValue(KindState(phase: phase, since: at(.zero), reason: reason))
    }

    func enter(_ phase: KindState.Phase) { kindState.update { $0.phase = phase } }

    func run() async {
        isRunning.update { $0 = true }
        await WakeUp().wait()
        isRunning.update { $0 = false }
    }
}

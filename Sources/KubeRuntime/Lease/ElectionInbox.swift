import KubeModel
import Synchronization

/// What happened and was not yet told to the ``Election``.
package final class ElectionInbox: Sendable {
    private let inputs = Mutex<[Election.Input]>([])
    private let wakeUp = WakeUp()

    package init() {}

    /// Observations that are not taken yet give way to newer ones, so that this stays small.
    func put(_ input: Election.Input) {
        inputs.withLock { inputs in
            if case .observed = input, case .observed? = inputs.last { inputs.removeLast() }
            inputs.append(input)
        }
        wakeUp.call()
    }

    func take() -> [Election.Input] {
        inputs.withLock { inputs in
            defer { inputs = [] }
            return inputs
        }
    }

    func wait(until deadline: TimeSource.Instant?, time: TimeSource) async {
        await wakeUp.wait(until: deadline, time: time)
    }
}

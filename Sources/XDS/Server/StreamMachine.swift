import EnvoyAPI
import KubeRuntime
import NIOCore
import Synchronization

/// The ``PushMachine`` of one stream, and what it is made to do: on the stream's event loop, or by a worker when it is much.
///
/// One step at a time; the lock is never waited for.
final class StreamMachine: Sendable {
    enum Step: Sendable {
        case message(ByteBuffer)
        case request(DeltaRequest)
        case publish(ProxySnapshot)
        case expire

        /// Whether the client caused it, and has to answer for what it costs.
        var isRequest: Bool {
            switch self {
            case .message, .request: true
            case .publish, .expire: false
            }
        }
    }

    /// What follows from a step, ready to be written, told and logged.
    struct Outcome: Sendable {
        enum Effect: Sendable {
            case send(ResourceType, [ByteBuffer])
            case delivered(generation: UInt64, changedAt: ContinuousClock.Instant?)
        }

        var effects: [Effect] = []
        /// The type of which the client rejected a response.
        var nacked: ResourceType?
        /// What was rejected just now.
        var newRejections: [PushRejection] = []
        /// What is rejected at present, if that changed.
        var rejections: [PushRejection]?
        /// Why the stream has to end.
        var error: XDSError?
        var deadline: ContinuousClock.Instant?
        /// Of the next step.
        var weight = 0
        var took = Duration.zero
    }

    private let machine: Mutex<PushMachine>
    private let limits: DeltaRequest.Limits
    private let encoder: ResponseEncoder
    private let time: TimeSource

    init(sharing: PushSharing, options: XDSServerOptions, time: TimeSource) {
        machine = Mutex(PushMachine(sharing: sharing, options: options.push))
        limits = options.request
        encoder = sharing.encoder
        self.time = time
    }

    func run(_ step: Step) -> Outcome {
        let start = time.now
        var outcome = machine.withLock { run(step, &$0, start) }
        outcome.took = time.now - start
        return outcome
    }

    private func run(_ step: Step, _ machine: inout PushMachine, _ now: ContinuousClock.Instant) -> Outcome {
        var outcome = Outcome()
        do throws(XDSError) {
            let actions: [PushAction]
            switch step {
            case .message(let bytes):
                let request = try DeltaRequest(decoding: bytes, limits: limits)
                outcome.nacked = request.rejectedType
                actions = try machine.receive(request, now: now)
            case .request(let request):
                outcome.nacked = request.rejectedType
                actions = try machine.receive(request, now: now)
            case .publish(let snapshot): actions = machine.publish(snapshot, now: now)
            case .expire: actions = machine.expire(now: now)
            }
            var isChanged = false
            for action in actions {
                switch action {
                case .send(let response): outcome.effects.append(.send(response.type, encoder.encode(response)))
                case .delivered(let generation, let changedAt):
                    outcome.effects.append(.delivered(generation: generation, changedAt: changedAt))
                case .rejectionsChanged(let new):
                    isChanged = true
                    if let new { outcome.newRejections.append(new) }
                }
            }
            if isChanged { outcome.rejections = machine.reportedRejections }
        } catch {
            outcome.error = error
        }
        outcome.deadline = machine.deadline
        outcome.weight = machine.weight
        return outcome
    }
}

extension DeltaRequest {
    fileprivate var rejectedType: ResourceType? { failure == nil ? nil : ResourceType(typeURL: typeURL) }
}

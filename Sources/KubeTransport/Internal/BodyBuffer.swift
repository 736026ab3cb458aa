/// What of a body waits between the thread that receives and the task that reads, and when receiving must pause.
///
/// A state machine without locks or suspension: ``BodyChannel`` gives it both.
struct BodyBuffer {
    /// What the reader gets.
    enum Read {
        /// Some bytes. With `resume`, receiving was paused and may go on.
        case chunk([UInt8], resume: Bool)
        /// The body is over, well or not.
        case end(TransportError?)
        /// Nothing is there yet.
        case empty
    }

    private let capacity: Int
    private var bytes: [UInt8] = []
    /// The size of the chunk read last: the next is probably like it, and need not grow step by step.
    private var lastCount = 0
    private var isPaused = false
    private var end: Ending?

    private enum Ending {
        case complete
        case failed(TransportError)
    }

    /// Takes up to `capacity` bytes, and a single larger piece rather than none.
    init(capacity: Int) {
        self.capacity = capacity
    }

    var hasEnded: Bool { end != nil }

    /// Whether a read would give anything.
    var isReadable: Bool { !bytes.isEmpty || end != nil }

    /// Takes the bytes, or refuses all of them, which means: pause, until a read says `resume`.
    mutating func append(_ new: UnsafeRawBufferPointer) -> Bool {
        guard end == nil else { return true }
        guard bytes.isEmpty || new.count <= capacity - bytes.count else {
            isPaused = true
            return false
        }
        if bytes.isEmpty {
            bytes.reserveCapacity(max(new.count, min(lastCount, capacity)))
        }
        bytes.append(contentsOf: new)
        return true
    }

    /// Marks the end. What was received before is read before it. Only the first end counts.
    mutating func finish(_ error: TransportError?) {
        guard end == nil else { return }
        end = error.map(Ending.failed) ?? .complete
    }

    /// Drops what was received and ends the body with `error`.
    mutating func discard(_ error: TransportError) {
        bytes = []
        end = .failed(error)
    }

    mutating func read() -> Read {
        guard bytes.isEmpty else {
            let chunk = bytes
            bytes = []
            lastCount = chunk.count
            defer { isPaused = false }
            return .chunk(chunk, resume: isPaused)
        }
        switch end {
        case .complete: return .end(nil)
        case .failed(let error): return .end(error)
        case nil: return .empty
        }
    }
}

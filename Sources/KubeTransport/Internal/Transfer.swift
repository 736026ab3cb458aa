import CCurl

/// A request that is waiting for its turn or under way. Confined to the transport's thread.
final class Transfer {
    let submission: Submission
    /// Set while the transfer is under way.
    var easy: EasyHandle?
    /// Why a callback of ours told libcurl to stop, which libcurl only knows as a write error.
    var failure: TransportError.Code?
    var idleTimeout: Duration?
    /// When a byte came last; when the connection was read again, after a pause.
    var lastActivity: MonotonicInstant
    var isPaused = false
    /// Whether it is among the noted of this turn.
    var isNoted = false
    /// Whether the head of a stream was handed over.
    var isHeadDelivered = false
    /// Whether the gate was found closed before the head was written.
    private(set) var wasHeldBack = false

    private let turn: Turn
    private var parser: ResponseHeadParser
    /// The head, once it is complete.
    private(set) var head: ResponseHead?
    private var body: [UInt8] = []
    /// How much of the request's body was given to libcurl.
    private var given = 0

    init(_ submission: Submission, maximumHeadSize: Int, turn: Turn) {
        self.submission = submission
        self.turn = turn
        lastActivity = submission.submitted
        parser = ResponseHeadParser(maximumSize: maximumHeadSize)
        if case .stream(_, _, let idleTimeout) = submission.sink {
            self.idleTimeout = idleTimeout
        }
    }

    var id: TransferID { submission.id }

    var channel: BodyChannel? {
        if case .stream(let channel, _, _) = submission.sink { channel } else { nil }
    }

    /// The response to a call that ended well.
    func response(_ head: ResponseHead) -> HTTPResponse {
        HTTPResponse(status: head.status, headers: head.headers, body: body)
    }

    /// Whether it counts against the limit of concurrent calls.
    var isLimited: Bool {
        if case .call = submission.sink { submission.request.lane == .shared } else { false }
    }

    /// Whether the gate, if there is one, is still open. Anything that libcurl writes of the request is asked for here first.
    private var isGateOpen: Bool { submission.request.gate?.isOpen ?? true }

    /// Asked when the connection stands, right before the head is written. `false` stops the transfer.
    func maySend() -> Bool {
        guard !isGateOpen else { return true }
        failure = .gateClosed
        wasHeldBack = true
        return false
    }

    /// Gives the next piece of the body. `nil` stops the transfer.
    func fill(_ room: UnsafeMutableRawBufferPointer) -> Int? {
        guard isGateOpen else {
            failure = .gateClosed
            return nil
        }
        guard let body = submission.request.body else { return 0 }
        let count = min(room.count, body.count - given)
        body.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[given..<given + count])) }
        given += count
        return count
    }

    /// The connection was lost before anything came of it: libcurl sends once more.
    func rewind(to offset: Int) {
        given = max(0, min(offset, submission.request.body?.count ?? 0))
    }

    /// Takes a line of the head. `false` stops the transfer.
    func receive(headLine: UnsafeRawBufferPointer) -> Bool {
        switch parser.append(line: headLine) {
        case .line:
            return true
        case .complete(let head):
            self.head = head
            if channel != nil {
                turn.note(self)
            }
            return true
        case .tooLarge:
            failure = .headTooLarge
            return false
        case .malformed:
            failure = .protocolViolation
            return false
        }
    }

    /// What becomes of bytes of a body.
    enum Reception {
        case taken
        case pause
        case stop
    }

    /// Takes bytes of the body, all or none.
    func receive(body new: UnsafeRawBufferPointer) -> Reception {
        switch submission.sink {
        case .call(_, let limit):
            guard new.count <= limit - body.count else {
                failure = .bodyTooLarge
                return .stop
            }
            if body.isEmpty, let easy {
                // The announced length is only a hint: foreign, and -1 if there is none.
                let announced = easy.offset(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)
                body.reserveCapacity(min(max(announced, new.count), limit, 1 << 20))
            }
            body.append(contentsOf: new)
            turn.received += new.count
            return .taken
        case .stream(let channel, _, _):
            lastActivity = turn.now
            turn.note(self)
            guard channel.append(new) else {
                isPaused = true
                return .pause
            }
            turn.received += new.count
            return .taken
        }
    }
}

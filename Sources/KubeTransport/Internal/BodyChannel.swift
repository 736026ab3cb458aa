import Synchronization

/// Carries a body from the transport's thread to the task that reads it.
///
/// The thread appends as bytes come and calls ``wake()`` once per turn, so that a burst of small pieces costs the reader
/// one wake-up. The reader's wishes (go on, stop, another timeout) travel back through the mailbox.
final class BodyChannel: Sendable {
    typealias ReadResult = Result<[UInt8]?, TransportError>

    private struct State {
        var buffer: BodyBuffer
        var reader: CheckedContinuation<ReadResult, Never>?
    }

    let id: TransferID
    /// Method and URL.
    private let description: String
    private let mailbox: Mailbox
    private let state: Mutex<State>

    init(id: TransferID, description: String, capacity: Int, mailbox: Mailbox) {
        self.id = id
        self.description = description
        self.mailbox = mailbox
        state = Mutex(State(buffer: BodyBuffer(capacity: capacity)))
    }

    // MARK: The transport's thread

    /// See ``BodyBuffer/append(_:)``.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { $0.buffer.append(bytes) }
    }

    /// Ends the body, with an error or without one. ``wake()`` must follow.
    func finish(_ result: Result<ResponseHead, TransportError>) {
        state.withLock { state in
            switch result {
            case .success: state.buffer.finish(nil)
            case .failure(let error): state.buffer.finish(error)
            }
        }
    }

    /// Hands the reader what there is, if it waits.
    ///
    /// - Returns: Whether receiving, which was paused, may go on.
    func wake() -> Bool {
        let (reader, read) = state.withLock { state -> (CheckedContinuation<ReadResult, Never>?, BodyBuffer.Read) in
            guard state.reader != nil, state.buffer.isReadable else { return (nil, .empty) }
            return (state.reader.take(), state.buffer.read())
        }
        guard let reader else { return false }
        switch read {
        case .chunk(let chunk, let resume):
            reader.resume(returning: .success(chunk))
            return resume
        case .end(let error):
            reader.resume(returning: error.map { .failure($0) } ?? .success(nil))
        case .empty:
            break
        }
        return false
    }

    // MARK: The reader

    /// The next chunk, or `nil` after the last.
    func next(isolation: isolated (any Actor)?) async throws(TransportError) -> [UInt8]? {
        if let result = readNow() {
            return try result.get()
        }
        return try await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { wait($0) }
        } onCancel: {
            cancel()
        }.get()
    }

    /// Closes the connection unless the body is over. A read that waits throws ``TransportError/Code/cancelled``.
    func cancel() {
        let error = TransportError(.cancelled, "\(description): the reader of the body gave up", wasSent: true)
        let (isLive, reader) = state.withLock { state -> (Bool, CheckedContinuation<ReadResult, Never>?) in
            let isLive = !state.buffer.hasEnded
            state.buffer.discard(error)
            return (isLive, state.reader.take())
        }
        reader?.resume(returning: .failure(error))
        if isLive {
            mailbox.post(.cancel(id))
        }
    }

    /// The error for a body that has more bytes than its reader wants. Closes the connection.
    func refuse(above limit: Int) -> TransportError {
        cancel()
        return TransportError(.bodyTooLarge, "\(description): the body has more than \(limit) bytes", wasSent: true)
    }

    func setIdleTimeout(_ timeout: Duration?) {
        mailbox.post(.setIdleTimeout(id, timeout))
    }

    private func readNow() -> ReadResult? {
        guard !Task.isCancelled else {
            cancel()
            return result(of: state.withLock { $0.buffer.read() })
        }
        return result(of: state.withLock { $0.buffer.read() })
    }

    private func wait(_ reader: CheckedContinuation<ReadResult, Never>) {
        let (isSecond, read) = state.withLock { state -> (Bool, BodyBuffer.Read) in
            guard state.reader == nil else { return (true, .empty) }
            let read = state.buffer.read()
            if case .empty = read {
                state.reader = reader
            }
            return (false, read)
        }
        if isSecond {
            let message = "\(description): the body is being read by another task"
            reader.resume(returning: .failure(TransportError(.invalidRequest, message, wasSent: true)))
        } else if let result = result(of: read) {
            reader.resume(returning: result)
        }
    }

    /// What a read returns, `nil` if it has to wait. Lets the thread go on receiving if it had paused.
    private func result(of read: BodyBuffer.Read) -> ReadResult? {
        switch read {
        case .chunk(let chunk, let resume):
            if resume {
                mailbox.post(.resume(id))
            }
            return .success(chunk)
        case .end(let error):
            return error.map { .failure($0) } ?? .success(nil)
        case .empty:
            return nil
        }
    }
}

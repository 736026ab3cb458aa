import CCurl

/// The transport's thread: takes commands, drives libcurl, keeps deadlines and hands over what came.
///
/// Everything here and everything reachable from here is confined to that thread. The only ways in and out are the
/// mailbox, the body channels and the continuations.
final class TransferLoop {
    private let mailbox: Mailbox
    private let configuration: TransportConfiguration
    private let poller: Poller
    private let multi: MultiHandle
    private let turn = Turn()
    private var pool: HandlePool
    /// Waiting or under way.
    private var transfers: [TransferID: Transfer] = [:]
    private var backlog = Backlog<Transfer>()
    private var limitedCalls = 0
    private var deadlines = DeadlineQueue<TransferID>()
    private var isStopping = false

    init(mailbox: Mailbox, configuration: TransportConfiguration) throws(TransportError) {
        self.mailbox = mailbox
        self.configuration = configuration
        poller = try Poller()
        multi = try MultiHandle(poller: poller)
        pool = HandlePool(configuration: configuration)
        poller.watch(mailbox.descriptor, read: true, write: false)
    }

    /// Runs until it is told to stop. No transfer is left after it.
    func run() {
        while !isStopping {
            let events = poller.wait(timeout: timeUntilDeadline())
            turn.now = .now()
            for event in events where event.descriptor != mailbox.descriptor {
                receive(event)
            }
            if events.contains(where: { $0.descriptor == mailbox.descriptor }) {
                mailbox.acknowledge()
                mailbox.take().forEach(carryOut)
            }
            if let deadline = multi.deadline, deadline <= turn.now {
                multi.timeout()
            }
            endFinished()
            endExpired()
            handOver()
        }
        let error = TransportError(.shutdown, "the transport was shut down", wasSent: false)
        for transfer in Array(transfers.values) {
            end(transfer, .failed(.shutdown, "the transport was shut down"))
        }
        mailbox.close().forEach { $0.refuse(error) }
    }

    private func timeUntilDeadline() -> Duration? {
        let deadline = [multi.deadline, deadlines.earliest].compactMap(\.self).min()
        return deadline.map { max(.zero, MonotonicInstant.now().duration(to: $0)) }
    }

    /// Reads on while a lot is coming, so that a busy stream costs its reader and us fewer wake-ups.
    private func receive(_ event: Poller.Event) {
        for _ in 0..<16 {
            let before = turn.received
            multi.socketIsReady(event)
            guard turn.received - before >= 8 * 1024 else { return }
        }
    }

    // MARK: Commands

    private func carryOut(_ command: Command) {
        switch command {
        case .start(let submission):
            start(submission)
        case .cancel(let id):
            transfers[id].map { end($0, .failed(.cancelled, "the caller gave up")) }
        case .resume(let id):
            transfers[id].map(resume)
        case .setIdleTimeout(let id, let timeout):
            guard let transfer = transfers[id] else { return }
            transfer.idleTimeout = timeout
            setDeadline(of: transfer)
        case .stop:
            isStopping = true
        }
    }

    private func start(_ submission: Submission) {
        let transfer = Transfer(submission, maximumHeadSize: configuration.maximumHeadSize, turn: turn)
        transfers[transfer.id] = transfer
        if let reason = submission.request.invalidity {
            return end(transfer, .failed(.invalidRequest, reason))
        }
        setDeadline(of: transfer)
        if transfer.isLimited, limitedCalls >= configuration.maximumConcurrentCalls {
            backlog.append(transfer)
        } else {
            launch(transfer)
        }
    }

    private func launch(_ transfer: Transfer) {
        let request = transfer.submission.request
        do {
            let (easy, route) = try pool.take(for: transfer.submission.endpoint, share: multi.share)
            easy.configure(
                for: request,
                on: route,
                connectTimeout: request.connectTimeout ?? configuration.connectTimeout,
                ownConnection: transfer.channel != nil
            )
            easy.attach(transfer)
            guard easy.failure == CURLE_OK else {
                let message = easy.message(for: easy.failure)
                return end(transfer, .failed(.invalidRequest, message))
            }
            guard multi.add(easy) else {
                return end(transfer, .failed(.resources, "libcurl did not take the transfer"))
            }
            transfer.easy = easy
            limitedCalls += transfer.isLimited ? 1 : 0
        } catch {
            end(transfer, .failed(error.code, error.message))
        }
    }

    private func resume(_ transfer: Transfer) {
        guard let easy = transfer.easy, transfer.isPaused else { return }
        // The callback may run from within, and pause again.
        transfer.isPaused = false
        transfer.lastActivity = turn.now
        setDeadline(of: transfer)
        let result = curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
        if result != CURLE_OK {
            end(transfer, .curl(result))
        }
    }

    // MARK: Deadlines

    private func setDeadline(of transfer: Transfer) {
        deadlines.set(transfer.id, to: deadline(of: transfer))
    }

    /// Until the head of a stream and the end of a call, the request's timeout counts; then the idle timeout, unless
    /// it is us who keep the stream silent.
    private func deadline(of transfer: Transfer) -> MonotonicInstant? {
        guard transfer.isHeadDelivered else {
            return transfer.submission.submitted
                + (transfer.submission.request.timeout ?? configuration.defaultTimeout)
        }
        guard !transfer.isPaused else { return nil }
        return transfer.idleTimeout.map { transfer.lastActivity + $0 }
    }

    /// Bytes that came do not move a stream's deadline: that is done here, once it has passed.
    private func endExpired() {
        while let id = deadlines.popExpired(at: turn.now) {
            guard let transfer = transfers[id], let deadline = deadline(of: transfer) else { continue }
            guard deadline <= turn.now else {
                deadlines.set(id, to: deadline)
                continue
            }
            if transfer.isHeadDelivered {
                end(transfer, .failed(.idle, "no byte for \(transfer.idleTimeout ?? .zero)"))
            } else {
                end(transfer, .failed(.timeout, timeoutReason(transfer)))
            }
        }
    }

    private func timeoutReason(_ transfer: Transfer) -> String {
        let limit = transfer.submission.request.timeout ?? configuration.defaultTimeout
        guard let easy = transfer.easy else { return "no turn within \(limit)" }
        return easy.long(CURLINFO_REQUEST_SIZE) == 0 ? "no connection within \(limit)" : "no response within \(limit)"
    }

    // MARK: Ends

    private enum Ending {
        case complete
        case curl(CURLcode)
        case failed(TransportError.Code, String)
    }

    private func endFinished() {
        while let (context, result) = multi.nextEnded() {
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            end(transfer, result == CURLE_OK ? .complete : .curl(result))
        }
    }

    /// Ends a transfer in whatever state it is, tells whoever waits for it, and gives its place to the next.
    private func end(_ transfer: Transfer, _ ending: Ending) {
        guard transfers.removeValue(forKey: transfer.id) != nil else { return }
        deadlines.set(transfer.id, to: nil)
        let error = error(of: transfer, ending)
        if let easy = transfer.easy {
            multi.remove(easy)
            transfer.easy = nil
            pool.give(back: easy, for: transfer.submission.endpoint)
            limitedCalls -= transfer.isLimited ? 1 : 0
        } else {
            backlog.removeFirst { $0 === transfer }
        }
        report(transfer, error)
        startWaiting()
    }

    private func error(of transfer: Transfer, _ ending: Ending) -> TransportError? {
        let wasSent = (transfer.easy?.long(CURLINFO_REQUEST_SIZE) ?? 0) > 0
        switch ending {
        case .complete:
            guard transfer.head == nil else { return nil }
            return TransportError(.protocolViolation, "\(transfer.description): no HTTP response", wasSent: wasSent)
        case .curl(let code):
            if let failure = transfer.failure {
                return TransportError(failure, "\(transfer.description): \(failure.explanation)", wasSent: wasSent)
            }
            let message = transfer.easy?.message(for: code) ?? ""
            return TransportError(curl: code, message: message, description: transfer.description, wasSent: wasSent)
        case .failed(let code, let reason):
            return TransportError(code, "\(transfer.description): \(reason)", wasSent: wasSent)
        }
    }

    private func report(_ transfer: Transfer, _ error: TransportError?) {
        switch transfer.submission.sink {
        case .call(let continuation, _):
            if let head = transfer.head, error == nil {
                continuation.resume(returning: .success(transfer.response(head)))
                observe(transfer, .status(head.status))
            } else if let error {
                continuation.resume(returning: .failure(error))
                observe(transfer, .failure(error.code))
            }
        case .stream(let channel, let continuation, _):
            deliverHead(of: transfer)
            channel.finish(error)
            _ = channel.wake()
            if let error, !transfer.isHeadDelivered {
                transfer.isHeadDelivered = true
                continuation.resume(returning: .failure(error))
                observe(transfer, .failure(error.code))
            }
        }
    }

    private func startWaiting() {
        while limitedCalls < configuration.maximumConcurrentCalls, let next = backlog.popFirst() {
            launch(next)
        }
    }

    // MARK: Streams

    private func handOver() {
        while turn.hasNoted {
            for transfer in turn.takeNoted() {
                deliverHead(of: transfer)
                if let channel = transfer.channel, channel.wake() {
                    resume(transfer)
                }
            }
        }
    }

    private func deliverHead(of transfer: Transfer) {
        guard case .stream(_, let continuation, _) = transfer.submission.sink, !transfer.isHeadDelivered,
            let head = transfer.head
        else { return }
        transfer.isHeadDelivered = true
        transfer.lastActivity = turn.now
        if transfers[transfer.id] != nil {
            setDeadline(of: transfer)
        }
        continuation.resume(returning: .success(head))
        observe(transfer, .status(head.status))
    }

    private func observe(_ transfer: Transfer, _ outcome: TransportObservation.Outcome) {
        guard let observer = configuration.observer else { return }
        observer(
            TransportObservation(
                method: transfer.submission.request.method,
                baseURL: transfer.submission.endpoint.baseURL,
                isStream: transfer.channel != nil,
                outcome: outcome,
                duration: transfer.submission.submitted.duration(to: .now())
            )
        )
    }
}

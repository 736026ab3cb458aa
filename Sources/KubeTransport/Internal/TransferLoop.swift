import CCurl

/// The transport's thread: takes commands, drives libcurl, keeps deadlines and hands over what came.
///
/// Everything here and everything reachable from here is confined to that thread. The only ways in and out are the
/// mailbox, the body channels and the continuations.
final class TransferLoop {
    let mailbox: Mailbox
    let configuration: TransportConfiguration
    let poller: Poller
    let multi: MultiHandle
    let turn = Turn()
    var pool: HandlePool
    /// Waiting or under way.
    var transfers: [TransferID: Transfer] = [:]
    var backlog = Backlog<Transfer>()
    var limitedCalls = 0
    var deadlines = DeadlineQueue<TransferID>()
    /// Under way, and ended when their gate closes.
    var gated: Set<TransferID> = []
    var isStopping = false

    init(mailbox: Mailbox, configuration: TransportConfiguration) throws(TransportError) {
        self.mailbox = mailbox
        self.configuration = configuration
        poller = try Poller()
        multi = try MultiHandle(poller: poller)
        pool = HandlePool(configuration: configuration)
        poller.watchEdges(mailbox.descriptor)
    }

    /// Runs until it is told to stop. No transfer is left after it.
    func run() {
        while !isStopping {
            let events = poller.wait(timeout: timeUntilDeadline())
            turn.now = .now()
            // First of all: whoever was frozen until now must not write what is left of a request.
            endHeldBack()
            for event in events where event.descriptor != mailbox.descriptor {
                receive(event)
            }
            if events.contains(where: { $0.descriptor == mailbox.descriptor }) {
                mailbox.take().forEach(carryOut)
            }
            multi.timeout(at: turn.now)
            endFinished()
            endExpired()
            startWaiting()
            handOver()
        }
        endAll("the transport was shut down")
    }

    private func endAll(_ reason: String) {
        backlog = Backlog()
        for transfer in Array(transfers.values) {
            end(transfer, .failed(.shutdown, reason))
        }
        mailbox.close().forEach { $0.refuse(.shutdown, reason) }
        pool.removeAll()
    }

    func timeUntilDeadline() -> Duration? {
        let deadline = min(multi.deadline ?? .never, deadlines.earliest ?? .never)
        return deadline == .never ? nil : max(.zero, MonotonicInstant.now().duration(to: deadline))
    }

    /// Reads on while a lot is coming, so that a busy stream costs its reader and us fewer wake-ups.
    func receive(_ event: Poller.Event) {
        for _ in 0..<16 {
            let before = turn.received
            multi.socketIsReady(event)
            guard turn.received - before >= 8 * 1024 else { return }
        }
    }

    // MARK: Commands

    func carryOut(_ command: Command) {
        switch command {
        case .start(let submission):
            start(submission)
        case .cancel(let id):
            guard let transfer = transfers[id] else { return }
            end(transfer, .failed(.cancelled, "the caller gave up"))
        case .resume(let id):
            guard let transfer = transfers[id] else { return }
            resume(transfer)
        case .setIdleTimeout(let id, let timeout):
            guard let transfer = transfers[id] else { return }
            transfer.idleTimeout = timeout
            setDeadline(of: transfer)
        case .stop:
            isStopping = true
        }
    }

    func start(_ submission: Submission) {
        let transfer = Transfer(submission, maximumHeadSize: configuration.maximumHeadSize, turn: turn)
        transfers[transfer.id] = transfer
        if let reason = submission.request.invalidity {
            return end(transfer, .failed(.invalidRequest, reason))
        }
        setDeadline(of: transfer)
        if transfer.isLimited, limitedCalls >= configuration.maximumConcurrentCalls || !backlog.isEmpty {
            backlog.append(transfer)
        } else {
            launch(transfer)
        }
    }

    func launch(_ transfer: Transfer) {
        let request = transfer.submission.request
        guard request.gate?.isOpen ?? true else { return end(transfer, .heldBack) }
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
            if request.gate != nil { gated.insert(transfer.id) }
            limitedCalls += transfer.isLimited ? 1 : 0
        } catch {
            end(transfer, .failed(error.code, error.message))
        }
    }

    func startWaiting() {
        while limitedCalls < configuration.maximumConcurrentCalls, let next = backlog.popFirst() {
            launch(next)
        }
    }

    func resume(_ transfer: Transfer) {
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

    func setDeadline(of transfer: Transfer) {
        deadlines.set(transfer.id, to: deadline(of: transfer))
    }

    /// Until the head of a stream and the end of a call, the request's timeout counts; then the idle timeout, unless
    /// it is us who keep the stream silent.
    func deadline(of transfer: Transfer) -> MonotonicInstant? {
        guard transfer.isHeadDelivered else {
            let request = transfer.submission.request
            let deadline = transfer.submission.submitted + (request.timeout ?? configuration.defaultTimeout)
            return request.gate.map { min(deadline, $0.instant) } ?? deadline
        }
        guard !transfer.isPaused else { return nil }
        return transfer.idleTimeout.map { transfer.lastActivity + $0 }
    }

    /// Bytes that came do not move a stream's deadline: that is done here, once it has passed.
    func endExpired() {
        while let id = deadlines.popExpired(at: turn.now) {
            guard let transfer = transfers[id], let deadline = deadline(of: transfer) else { continue }
            guard deadline <= turn.now else {
                deadlines.set(id, to: deadline)
                continue
            }
            if transfer.submission.request.gate?.isOpen == false {
                end(transfer, .heldBack)
            } else if transfer.isHeadDelivered {
                end(transfer, .failed(.idle, "no byte for \(transfer.idleTimeout ?? .zero)"))
            } else {
                end(transfer, .failed(.timeout, timeoutReason(transfer)))
            }
        }
    }

    func endHeldBack() {
        for id in gated {
            guard let transfer = transfers[id], transfer.submission.request.gate?.isOpen == false else { continue }
            end(transfer, .heldBack)
        }
    }

    func timeoutReason(_ transfer: Transfer) -> String {
        let limit = transfer.submission.request.timeout ?? configuration.defaultTimeout
        guard let easy = transfer.easy else { return "no turn within \(limit)" }
        return easy.hasSent ? "no response within \(limit)" : "no connection within \(limit)"
    }

    // MARK: Streams

    func handOver() {
        while turn.hasNoted {
            for transfer in turn.takeNoted() {
                deliverHead(of: transfer)
                if let channel = transfer.channel, channel.wake() {
                    resume(transfer)
                }
            }
        }
    }
}

import CCurl

extension TransferLoop {
    /// How a transfer ends.
    enum Ending {
        case complete
        case curl(CURLcode)
        case failed(TransportError.Code, String)
        /// Its gate is closed.
        case heldBack
    }

    func endFinished() {
        while let (context, result) = multi.nextEnded() {
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            end(transfer, result == CURLE_OK ? .complete : .curl(result))
        }
    }

    /// Ends a transfer in whatever state it is, and tells whoever waits for it.
    func end(_ transfer: Transfer, _ ending: Ending) {
        guard transfers.removeValue(forKey: transfer.id) != nil else { return }
        deadlines.set(transfer.id, to: nil)
        gated.remove(transfer.id)
        let result = result(of: transfer, ending)
        if let easy = transfer.easy {
            multi.remove(easy)
            transfer.easy = nil
            pool.give(back: easy, for: transfer.submission.endpoint)
            limitedCalls -= transfer.isLimited ? 1 : 0
        } else {
            backlog.removeFirst { $0 === transfer }
        }
        switch transfer.submission.sink {
        case .call(let continuation, _):
            continuation.resume(returning: result.map(transfer.response))
            observe(transfer, result)
        case .stream(let channel, let continuation, _):
            endStream(transfer, channel, continuation, result)
        }
    }

    /// The head of the response, if all of it came.
    private func result(of transfer: Transfer, _ ending: Ending) -> Result<ResponseHead, TransportError> {
        let wasSent = !transfer.wasHeldBack && transfer.easy?.hasSent ?? false
        func failure(_ code: TransportError.Code, _ reason: String) -> Result<ResponseHead, TransportError> {
            .failure(TransportError(code, "\(transfer.submission.description): \(reason)", wasSent: wasSent))
        }
        switch ending {
        case .complete:
            // To libcurl, a head that ends with the connection is complete.
            return transfer.head.map { .success($0) } ?? failure(.connectionLost, "the head was cut short")
        case .curl(let result):
            if let code = transfer.failure {
                return failure(code, code.explanation)
            }
            let message = transfer.easy?.message(for: result) ?? ""
            let isHeadDue = wasSent && transfer.head == nil
            return failure(TransportError.Code(result, message: message, isHeadDue: isHeadDue), message)
        case .failed(let code, let reason):
            return failure(code, reason)
        case .heldBack:
            return failure(.gateClosed, TransportError.Code.gateClosed.explanation)
        }
    }

    /// A failure after the head is for the reader of the body, one before it for whoever waits for the head.
    private func endStream(
        _ transfer: Transfer,
        _ channel: BodyChannel,
        _ continuation: Submission.Head,
        _ result: Result<ResponseHead, TransportError>
    ) {
        deliverHead(of: transfer)
        if !transfer.isHeadDelivered {
            transfer.isHeadDelivered = true
            continuation.resume(returning: result)
            observe(transfer, result)
        }
        channel.finish(result)
        _ = channel.wake()
    }

    /// Hands over the head of a stream, once it is complete. From then on, the idle timeout counts.
    func deliverHead(of transfer: Transfer) {
        guard case .stream(_, let continuation, _) = transfer.submission.sink, !transfer.isHeadDelivered,
            let head = transfer.head
        else { return }
        transfer.isHeadDelivered = true
        transfer.lastActivity = turn.now
        if transfers[transfer.id] != nil {
            setDeadline(of: transfer)
        }
        continuation.resume(returning: .success(head))
        observe(transfer, .success(head))
    }

    private func observe(_ transfer: Transfer, _ result: Result<ResponseHead, TransportError>) {
        guard let observer = configuration.observer else { return }
        observer(
            TransportObservation(
                method: transfer.submission.request.method,
                baseURL: transfer.submission.endpoint.displayURL,
                isStream: transfer.channel != nil,
                outcome: .init(result),
                duration: transfer.submission.submitted.duration(to: .now())
            )
        )
    }
}

extension TransportObservation.Outcome {
    fileprivate init(_ result: Result<ResponseHead, TransportError>) {
        self =
            switch result {
            case .success(let head): .status(head.status)
            case .failure(let error): .failure(error.code)
            }
    }
}

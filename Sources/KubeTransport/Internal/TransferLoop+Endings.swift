import CCurl

extension TransferLoop {
    /// How a transfer ends.
    enum Ending {
        case complete
        case curl(CURLcode)
        case failed(TransportError.Code, String)
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
    }

    /// What to tell of an ending; `nil` if it is a response.
    func error(of transfer: Transfer, _ ending: Ending) -> TransportError? {
        let description = transfer.submission.description
        let wasSent = (transfer.easy?.long(CURLINFO_REQUEST_SIZE) ?? 0) > 0
        switch ending {
        case .complete where transfer.head != nil:
            return nil
        case .complete:
            return TransportError(.protocolViolation, "\(description): no HTTP response", wasSent: wasSent)
        case .curl(let code):
            if let failure = transfer.failure {
                return TransportError(failure, "\(description): \(failure.explanation)", wasSent: wasSent)
            }
            let message = transfer.easy?.message(for: code) ?? ""
            return TransportError(curl: code, message: message, description: description, wasSent: wasSent)
        case .failed(let code, let reason):
            return TransportError(code, "\(description): \(reason)", wasSent: wasSent)
        }
    }

    func report(_ transfer: Transfer, _ error: TransportError?) {
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
        observe(transfer, .status(head.status))
    }

    func observe(_ transfer: Transfer, _ outcome: TransportObservation.Outcome) {
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

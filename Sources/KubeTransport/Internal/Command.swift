/// Names one transfer of one transport, and is never used twice.
struct TransferID: Sendable, Hashable {
    var rawValue: UInt64
}

/// What other threads ask of the transport's thread.
enum Command: Sendable {
    case start(Submission)
    /// Ends the transfer, waiting or under way, and closes its connection. Unknown ids are of transfers that ended.
    case cancel(TransferID)
    /// Goes on receiving after a pause.
    case resume(TransferID)
    case setIdleTimeout(TransferID, Duration?)
    /// Ends every transfer, and then the thread.
    case stop

    /// Ends what would have been started by a command that nobody will carry out.
    func refuse(_ code: TransportError.Code, _ reason: String) {
        if case .start(let submission) = self {
            submission.refuse(code, reason)
        }
    }
}

/// A transfer to be started, and where its result goes.
struct Submission: Sendable {
    typealias Call = CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
    typealias Head = CheckedContinuation<Result<ResponseHead, TransportError>, Never>

    enum Sink: Sendable {
        case call(Call, bodyLimit: Int)
        case stream(BodyChannel, Head, idleTimeout: Duration?)
    }

    var id: TransferID
    var request: HTTPRequest
    var endpoint: TransportEndpoint
    var sink: Sink
    var submitted: MonotonicInstant

    /// Method and URL, as errors begin.
    var description: String {
        "\(request.method) \(endpoint.displayURL)\(request.path)"
    }

    /// Ends a submission that was never started.
    func refuse(_ code: TransportError.Code, _ reason: String) {
        let error = TransportError(code, "\(description): \(reason)", wasSent: false)
        switch sink {
        case .call(let continuation, _): continuation.resume(returning: .failure(error))
        case .stream(_, let continuation, _): continuation.resume(returning: .failure(error))
        }
    }
}

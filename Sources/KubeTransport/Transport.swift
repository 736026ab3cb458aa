import Synchronization

/// HTTP/1.1 over libcurl, on a thread of its own: a request in, a response or a stream of bytes out.
///
/// # Guarantees
/// - Calls share a few connections that are kept alive; a stream has a connection of its own, so that no watch ever
///   stands in the way of a call.
/// - Connections are shared only between requests to equal endpoints.
/// - Every status is a response. Redirects are not followed; nothing is taken from the environment; nothing is retried,
///   but for one case: a request on a kept connection that the server closed before it sent a byte of a response is
///   sent again on a new connection. A server that closes while it already acts on the request thus sees it twice.
/// - No work means no wake-ups.
///
/// # Cancellation
/// Cancelling the task that waits for a response, or that reads a body, closes the connection at once, whether the
/// request is waiting, connecting or under way, and throws ``TransportError/Code/cancelled``.
package final class Transport: Sendable {
    private let configuration: TransportConfiguration
    private let mailbox: Mailbox
    private let thread: LoopThread
    private let termination = Termination()
    private let lastID = Atomic<UInt64>(0)

    /// Starts the thread.
    ///
    /// - Throws: ``TransportError/Code/resources``.
    package init(configuration: TransportConfiguration = TransportConfiguration()) throws(TransportError) {
        self.configuration = configuration
        mailbox = try Mailbox()
        thread = try LoopThread { [mailbox, termination] in
            Self.run(mailbox, configuration)
            termination.signal()
        }
    }

    /// Ends the streams that are left with ``TransportError/Code/shutdown``, and waits for the thread.
    deinit {
        mailbox.post(.stop)
        thread.join()
    }

    /// Performs a request and collects the response.
    ///
    /// - Parameter bodyLimit: The most bytes that the body may have.
    /// - Throws: See ``TransportError/Code``; ``TransportError/Code/bodyTooLarge`` for a body above the limit.
    package func perform(
        _ request: HTTPRequest,
        on endpoint: TransportEndpoint,
        bodyLimit: Int = 64 << 20
    ) async throws(TransportError) -> HTTPResponse {
        let id = nextID()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(id, request, endpoint, .call(continuation, bodyLimit: bodyLimit))
            }
        } onCancel: {
            mailbox.post(.cancel(id))
        }.get()
    }

    /// Performs a request on a connection of its own, and returns once the head of the response is there.
    ///
    /// - Parameter idleTimeout: How long the body may be silent, see ``HTTPBody/setIdleTimeout(_:)``.
    /// - Throws: See ``TransportError/Code``. Later failures are thrown by reading the body.
    package func stream(
        _ request: HTTPRequest,
        on endpoint: TransportEndpoint,
        idleTimeout: Duration? = nil
    ) async throws(TransportError) -> HTTPStream {
        let id = nextID()
        let channel = BodyChannel(
            id: id,
            description: "\(request.method) \(endpoint.displayURL)\(request.path)",
            capacity: configuration.streamBufferSize,
            mailbox: mailbox
        )
        let reader = BodyReader(channel: channel)
        let head = try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(id, request, endpoint, .stream(channel, continuation, idleTimeout: idleTimeout))
            }
        } onCancel: {
            mailbox.post(.cancel(id))
        }.get()
        return HTTPStream(status: head.status, headers: head.headers, body: HTTPBody(reader: reader))
    }

    /// Ends everything under way with ``TransportError/Code/shutdown`` and returns when the thread is gone. What is asked
    /// for later fails in the same way.
    package func shutdown() async {
        mailbox.post(.stop)
        await termination.wait()
        thread.join()
    }

    private func submit(
        _ id: TransferID,
        _ request: HTTPRequest,
        _ endpoint: TransportEndpoint,
        _ sink: Submission.Sink
    ) {
        let submission = Submission(id: id, request: request, endpoint: endpoint, sink: sink, submitted: .now())
        guard mailbox.post(.start(submission)) else {
            return submission.refuse(.shutdown, "the transport was shut down")
        }
        // A cancellation before this line may have been posted before the start, when the id was not known yet.
        if Task.isCancelled {
            mailbox.post(.cancel(id))
        }
    }

    private func nextID() -> TransferID {
        TransferID(rawValue: lastID.add(1, ordering: .relaxed).newValue)
    }

    private static func run(_ mailbox: Mailbox, _ configuration: TransportConfiguration) {
        do {
            try TransferLoop(mailbox: mailbox, configuration: configuration).run()
        } catch {
            mailbox.close().forEach { $0.refuse(error.code, error.message) }
        }
    }
}

import CoreMetrics
import KubeRuntime
import Logging
import NIOCore
import Tracing

/// Answers an admission request.
///
/// What it throws is answered with status 500, so that the webhook's `failurePolicy` decides; to deny a request is to return
/// ``AdmissionResponse/denied(_:code:reason:warnings:)``. The text of an error goes to the log; that of an ``AdmissionObstacle`` to whoever asks,
/// too. It is cancelled at the deadline of the request, and when nobody waits for its answer any more, and must end soon then.
package typealias AdmissionHandler = @Sendable (AdmissionRequest) async throws -> AdmissionResponse

/// What webhooks are answered, without the sockets.
///
/// - A path of a handler takes a POST of an `AdmissionReview` in JSON. Whatever is wrong with it has a status of 4xx and a text that
///   says what.
/// - Each request has a deadline, from the `timeout` that API servers send. Past it the answer is 504, and the work was cancelled.
/// - So many requests are worked on at a time, and so many bytes of them are held and decoded, of which one address has a share; turns come
///   in the order of arrival, and one whose turn does not come is answered 503.
/// - Reviews are decoded and answered on an executor of their own, and hold up nothing else.
package struct AdmissionEndpoints: Sendable {
    private let handlers: [String: (handler: AdmissionHandler, metrics: AdmissionMetrics)]
    private let bodyLimit: Int
    private let requests: AdmissionGate
    /// Of the bytes that are held.
    private let bodies: AdmissionGate
    /// Of the bytes that have become values, which take some 25 times as much memory. Apart from the bodies, since who sends slowly holds
    /// those up, and not this.
    private let values: AdmissionGate
    private let bodyPatience: Duration
    private let executor: any TaskExecutor
    private let logBudget: LogBudget
    private let time: TimeSource
    private let logger: Logger

    /// - Parameters:
    ///   - handlers: by path, such as `/mutate-v1-pod`.
    ///   - bodyLimit: the bytes of a request. Two objects of 3 MiB, the most that API servers take, and what is around them.
    ///   - concurrency: requests that are worked on at a time.
    ///   - heldBytes: the bytes of requests that are held at a time.
    ///   - decodedBytes: the bytes of requests that are decoded and answered at a time.
    ///   - bodyPatience: how long a body may take. API servers send it at once.
    ///   - executor: where requests are decoded and answered.
    package init(
        handlers: [String: AdmissionHandler],
        bodyLimit: Int = 7 << 20,
        concurrency: Int = 64,
        heldBytes: Int = 64 << 20,
        decodedBytes: Int = 8 << 20,
        bodyPatience: Duration = .seconds(5),
        executor: any TaskExecutor = WorkerExecutor(threads: 2),
        time: TimeSource = .system,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.handlers = Dictionary(
            uniqueKeysWithValues: handlers.map { path, handler in
                (path, (handler, AdmissionMetrics(webhook: path, factory: metrics)))
            }
        )
        self.bodyLimit = bodyLimit
        self.bodyPatience = bodyPatience
        self.executor = executor
        self.time = time
        logBudget = LogBudget(time: time)
        self.logger = logger
        requests = AdmissionGate(limit: concurrency, time: time)
        bodies = AdmissionGate(limit: heldBytes, time: time)
        values = AdmissionGate(limit: decodedBytes, time: time)
    }

    /// - Parameters:
    ///   - target: path and query.
    ///   - contentLength: the bytes of the body; `nil` when they were not announced, upon which they count as the most that may be.
    ///   - address: of whoever asks; `nil` has no share.
    ///   - body: reads the body, up to so many bytes, and throws `NIOTooManyBytesError` when there are more.
    /// - Throws: when the body breaks off, so that nobody is there to answer.
    func respond(
        to method: String,
        _ target: String,
        contentType: String?,
        contentLength: Int? = nil,
        from address: String? = nil,
        body: @escaping @Sendable (_ limit: Int) async throws -> [UInt8]
    ) async throws -> AdmissionAnswer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts.first ?? "")
        guard let (handler, metrics) = handlers[path] else {
            return AdmissionAnswer(404, "there is no webhook at this path")
        }
        let start = time.now
        metrics.begin()
        var status = 500
        defer { metrics.end(status: status, after: start.duration(to: time.now)) }
        let deadline = start.advanced(by: AdmissionDeadline.limit(query: parts.count > 1 ? parts[1] : ""))
        return try await withSpan("admission \(path)", ofKind: .server) { span in
            let length = contentLength ?? bodyLimit
            let answer = try await self.answer(
                method,
                path,
                contentType,
                length,
                address,
                deadline,
                handler,
                body,
                span
            )
            status = answer.status
            if span.isRecording { span.attributes["http.response.status_code"] = answer.status }
            return answer
        }
    }

    private func answer(
        _ method: String,
        _ path: String,
        _ contentType: String?,
        _ length: Int,
        _ address: String?,
        _ deadline: TimeSource.Instant,
        _ handler: @escaping AdmissionHandler,
        _ body: @escaping @Sendable (_ limit: Int) async throws -> [UInt8],
        _ span: any Tracing.Span
    ) async throws -> AdmissionAnswer {
        guard method == "POST" else { return AdmissionAnswer(405, "an AdmissionReview is posted", allow: "POST") }
        let mediaType = contentType?.split(separator: ";").first?.lowercased()
        guard mediaType?.trimmingPrefix(while: { $0 == " " }) == "application/json" else {
            return AdmissionAnswer(415, "the Content-Type must be application/json")
        }
        guard length <= bodyLimit else { return tooLarge }
        let answer = try await requests.pass(from: address, until: deadline) {
            try await bodies.pass(weight: length, from: address, until: deadline) {
                let answer = try await time.run(until: deadline) {
                    try await review(path, handler, body, address, deadline, span)
                }
                return answer ?? AdmissionAnswer(504, "no answer before the deadline of the request")
            }
        }
        return answer.flatMap(\.self) ?? overloaded
    }

    private var overloaded: AdmissionAnswer { AdmissionAnswer(503, "too many admission requests at a time") }
    private var tooLarge: AdmissionAnswer { AdmissionAnswer(413, "the request is larger than \(bodyLimit) bytes") }

    private func review(
        _ path: String,
        _ handler: AdmissionHandler,
        _ body: @escaping @Sendable (_ limit: Int) async throws -> [UInt8],
        _ address: String?,
        _ deadline: TimeSource.Instant,
        _ span: any Tracing.Span
    ) async throws -> AdmissionAnswer {
        let bytes: [UInt8]
        do {
            let limit = bodyLimit
            let patience = min(deadline, time.now.advanced(by: bodyPatience))
            guard let read = try await time.run(until: patience, { try await body(limit) }) else {
                return AdmissionAnswer(408, "the request did not come in time")
            }
            bytes = read
        } catch is NIOTooManyBytesError {
            return tooLarge
        }
        let answer = try await values.pass(weight: bytes.count, from: address, until: deadline) {
            try await withTaskExecutorPreference(executor) { try await review(path, handler, bytes, span) }
        }
        return answer ?? overloaded
    }

    private func review(
        _ path: String,
        _ handler: AdmissionHandler,
        _ bytes: [UInt8],
        _ span: any Tracing.Span
    ) async throws -> AdmissionAnswer {
        let request: AdmissionRequest
        do {
            // Whoever asked may have gone while this waited for its turn.
            try Task.checkCancellation()
            request = try AdmissionRequest(review: bytes)
            try Task.checkCancellation()
        } catch is CancellationError {
            return cancelled
        } catch {
            log(.warning, "refused an admission request", ["path": "\(path)", "error": "\(error)"])
            return AdmissionAnswer(400, "\(error)")
        }
        do {
            let response = try await handler(request)
            if span.isRecording {
                span.attributes["request"] = request.summary
                span.attributes["allowed"] = response.isAllowed
            }
            if let denial = response.denial {
                log(
                    .info,
                    "denied",
                    ["path": "\(path)", "request": "\(request.summary)", "reason": "\(denial.message)"]
                )
            }
            return AdmissionAnswer(response.review(uid: request.uid))
        } catch is CancellationError {
            return cancelled
        } catch {
            span.recordError(error)
            log(
                .error,
                "an admission request failed",
                ["path": "\(path)", "request": "\(request.summary)", "error": "\(error)"]
            )
            // What others said, such as the API server about objects that whoever asks may not read, is for the log.
            guard let obstacle = error as? any AdmissionObstacle else {
                return AdmissionAnswer(500, "the webhook failed; its log tells why")
            }
            return AdmissionAnswer(500, "the webhook cannot answer: \(obstacle)")
        }
    }

    private var cancelled: AdmissionAnswer {
        AdmissionAnswer(503, "the webhook is ending, or the request came to its deadline")
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        guard logger.logLevel <= level, let withheld = logBudget.take() else { return }
        var metadata = metadata
        if withheld > 0 { metadata["withheld"] = "\(withheld)" }
        logger.log(level: level, message, metadata: metadata)
    }
}

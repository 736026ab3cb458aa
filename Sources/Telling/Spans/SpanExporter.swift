import CoreMetrics
import JSON
import KubeRuntime
import KubeTransport
import Logging
import Synchronization

/// Sends spans to an OpenTelemetry collector, by OTLP/HTTP in JSON.
///
/// Guarantees: taking a span in never waits and never fails. What is too much, or is not taken by the collector, is dropped and counted in
/// `swiftlet_spans_dropped_total`; nothing else of the process is held up by a collector that is slow or away.
package final class SpanExporter: Sendable {
    package struct Options: Sendable {
        /// Spans that wait at most.
        package var capacity = 4_096
        /// Spans of one request.
        package var batch = 512
        /// How long a span waits for others.
        package var interval = Duration.seconds(5)
        /// Of one request.
        package var timeout = Duration.seconds(10)
        /// How often a batch is sent that the collector asks to send again.
        package var attempts = 3
        /// How long the end may take.
        package var flush = Duration.seconds(3)

        package init() {}
    }

    /// Why spans are dropped.
    private enum Reason: String, CaseIterable {
        case bufferFull = "buffer_full"
        case failed = "export_failed"
        case rejected
    }

    private enum Verdict {
        case taken(rejected: Int)
        case refused(String)
        case again(String)
    }

    private let endpoint: TransportEndpoint
    private let transport: Transport
    private let encoder: OTLPEncoder
    private let options: Options
    private let time: TimeSource
    private let logger: Logger
    private let buffer: Mutex<SpanBuffer>
    private let wakeUp = WakeUp()
    private let isShutDown = ObservedValue(false)
    private let exported: Counter
    private let dropped: [Reason: Counter]

    /// - Parameters:
    ///   - endpoint: the collector, without `/v1/traces`.
    ///   - transport: the caller's to shut down.
    package init(
        endpoint: TransportEndpoint,
        transport: Transport,
        encoder: OTLPEncoder,
        options: Options = Options(),
        time: TimeSource = .system,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.endpoint = endpoint
        self.transport = transport
        self.encoder = encoder
        self.options = options
        self.time = time
        self.logger = logger
        buffer = Mutex(SpanBuffer(capacity: options.capacity, batch: options.batch, interval: options.interval))
        exported = Counter(label: "swiftlet_spans_exported_total", factory: metrics)
        dropped = Dictionary(
            uniqueKeysWithValues: Reason.allCases.map {
                (
                    $0,
                    Counter(
                        label: "swiftlet_spans_dropped_total",
                        dimensions: [("reason", $0.rawValue)],
                        factory: metrics
                    )
                )
            }
        )
    }

    /// Takes a span in.
    package func put(_ span: FinishedSpan) {
        let now = time.now
        let (hasRoom, isUrgent) = buffer.withLock { buffer in
            let wasEmpty = buffer.isEmpty
            let hasRoom = buffer.add(span, now: now)
            return (hasRoom, wasEmpty || buffer.due.map { $0 <= now } ?? false)
        }
        if !hasRoom { dropped[.bufferFull]?.increment() }
        if isUrgent { wakeUp.call() }
    }

    /// Sends spans until ``shutDown()``, and then what is left, for ``Options/flush`` at most; or until the task is cancelled. What has not been
    /// sent then is dropped.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.send() }
            group.addTask {
                guard await self.isShutDown.wait(until: nil, time: self.time, for: { $0 }) else { return }
                // Cancelled: all was sent before.
                do { try await self.time.sleep(until: self.time.now.advanced(by: self.options.flush)) } catch {}
            }
            await group.next()
            group.cancelAll()
        }
        let left = buffer.withLock { $0.removeAll() }
        if left > 0 { dropped[.failed]?.increment(by: left) }
    }

    /// Has ``run()`` end soon.
    package func shutDown() {
        isShutDown.update { $0 = true }
        wakeUp.call()
    }

    private func send() async {
        var isFailing = false
        while !Task.isCancelled {
            let isLast = isShutDown.value
            let now = time.now
            let batch = buffer.withLock { $0.take(now: now, isLast: isLast) }
            guard batch.isEmpty else {
                await export(batch, &isFailing)
                continue
            }
            if isLast { return }
            await wakeUp.wait(until: buffer.withLock { $0.due }, time: time)
        }
    }

    private func export(_ batch: [FinishedSpan], _ isFailing: inout Bool) async {
        let body = encoder.request(batch).encoded()
        var complaint = ""
        attempting: for attempt in 1...max(1, options.attempts) {
            switch await send(body) {
            case .taken(let rejected):
                exported.increment(by: batch.count - rejected)
                dropped[.rejected]?.increment(by: rejected)
                isFailing = false
                return
            case .refused(let why):
                complaint = why
                break attempting
            case .again(let why):
                complaint = why
                guard attempt < options.attempts else { break }
                let delay = BackoffPolicy(base: .milliseconds(500), cap: .seconds(5)).ceiling(
                    previousFailures: attempt - 1
                )
                do { try await time.sleep(until: time.now.advanced(by: delay)) } catch { break attempting }
            }
        }
        dropped[.failed]?.increment(by: batch.count)
        // Once for each time that it goes wrong, and not every five seconds.
        let level: Logger.Level = isFailing ? .debug : .warning
        isFailing = true
        logger.log(
            level: level,
            "spans cannot be sent",
            metadata: ["endpoint": "\(endpoint.baseURL)", "error": "\(complaint)", "spans": "\(batch.count)"]
        )
    }

    private func send(_ body: [UInt8]) async -> Verdict {
        let request = HTTPRequest(
            method: "POST",
            path: "/v1/traces",
            headers: ["Content-Type": "application/json", "User-Agent": encoder.scope],
            body: body,
            timeout: options.timeout,
            lane: .reserved
        )
        do {
            let response = try await transport.perform(request, on: endpoint, bodyLimit: 64 << 10)
            switch response.status {
            case 200..<300: return .taken(rejected: Self.rejected(response.body))
            case 429, 502, 503, 504: return .again("status \(response.status)")
            default: return .refused("status \(response.status)")
            }
        } catch {
            return error.code == .cancelled || error.code == .shutdown ? .refused("\(error)") : .again("\(error)")
        }
    }

    /// How many spans the collector took but did not want, as `partialSuccess` has it.
    private static func rejected(_ body: [UInt8]) -> Int {
        do {
            let count = try JSONValue(parsing: body)[path: "partialSuccess", "rejectedSpans"]
            return max(0, count?.stringValue.flatMap { Int($0) } ?? count?.intValue.map { Int($0) } ?? 0)
        } catch {
            // Some answer nothing, or protobuf: all was taken then.
            return 0
        }
    }
}

import NIOCore
import NIOPosix

/// Renders metrics on a thread of its own, one rendering at a time and so many in a second, however often somebody asks: those who come in
/// between wait for the next one and share it.
///
/// Confined to its event loop.
final class MetricsRenderer {
    private let endpoints: HealthEndpoints
    private let interval: TimeAmount
    private let eventLoop: any EventLoop
    private let pool: NIOThreadPool
    private var next: EventLoopPromise<HealthResponse>?
    private var isRendering = false
    private var hasEnded = false
    private var lastStart: NIODeadline?

    /// - Parameters:
    ///   - interval: from the beginning of one rendering to that of the next, at least.
    ///   - pool: started.
    init(endpoints: HealthEndpoints, interval: Duration, eventLoop: any EventLoop, pool: NIOThreadPool) {
        self.endpoints = endpoints
        self.interval = TimeAmount(interval)
        self.eventLoop = eventLoop
        self.pool = pool
    }

    /// The metrics as they are at a moment from now on. Fails when the server ends.
    func response() -> EventLoopFuture<HealthResponse> {
        if hasEnded { return eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        if let next { return next.futureResult }
        let promise = eventLoop.makePromise(of: HealthResponse.self)
        next = promise
        if !isRendering { schedule() }
        return promise.futureResult
    }

    /// Answers nobody any more.
    func end() {
        hasEnded = true
        next?.fail(ChannelError.ioOnClosedChannel)
        next = nil
    }

    private func schedule() {
        let start = lastStart.map { $0 + interval } ?? .now()
        eventLoop.assumeIsolated().scheduleTask(deadline: max(start, .now())) { self.render() }
    }

    private func render() {
        guard let promise = next else { return }
        next = nil
        isRendering = true
        lastStart = .now()
        let rendering = pool.runIfActive(eventLoop: eventLoop) { [endpoints] in endpoints.metrics() }
        rendering.assumeIsolated().whenComplete { result in
            self.isRendering = false
            promise.completeWith(result)
            if self.next != nil { self.schedule() }
        }
    }
}

import NIOCore

/// A stream as the hub knows it: how to wake it and how to end it, on its event loop.
final class StreamHandle: Sendable {
    let eventLoop: any EventLoop
    /// To be called on the event loop: there is a newer snapshot.
    let wake: @Sendable () -> Void
    /// To be called on the event loop: there is a reason to end.
    let end: @Sendable (XDSError) -> Void

    init(
        eventLoop: any EventLoop,
        wake: @escaping @Sendable () -> Void,
        end: @escaping @Sendable (XDSError) -> Void
    ) {
        self.eventLoop = eventLoop
        self.wake = wake
        self.end = end
    }

    /// Ends the stream soon. May be called from any thread.
    func endSoon(_ error: XDSError) { eventLoop.execute { self.end(error) } }
}

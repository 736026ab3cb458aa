import NIOCore

/// A stream as the hub knows it: how to wake it, on its event loop.
final class StreamHandle: Sendable {
    let eventLoop: any EventLoop
    /// To be called on the event loop: there is a newer snapshot.
    let wake: @Sendable () -> Void
    /// To be called on the event loop: the proxy has another stream now.
    let supersede: @Sendable () -> Void

    /// To be called on the event loop: the server ends.
    let shutDown: @Sendable () -> Void

    init(
        eventLoop: any EventLoop,
        wake: @escaping @Sendable () -> Void,
        supersede: @escaping @Sendable () -> Void,
        shutDown: @escaping @Sendable () -> Void
    ) {
        self.eventLoop = eventLoop
        self.wake = wake
        self.supersede = supersede
        self.shutDown = shutDown
    }
}

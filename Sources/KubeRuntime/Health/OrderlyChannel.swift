import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Closes connections that come in just when their server ends. Nobody takes those any more, and swift-nio ends the whole process when it is
/// let go of a connection that was not brought to its end.
package struct OrderlyChannel<Base: ServerChildChannel>: ServerChildChannel {
    private let base: Base

    package init(_ base: Base) { self.base = base }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<OrderlyConnection<Base.Value>> {
        base.setup(channel: channel, logger: logger).map { OrderlyConnection($0) }
    }

    package func handle(value: OrderlyConnection<Base.Value>, logger: Logger) async {
        await base.handle(value: value.take(), logger: logger)
    }
}

/// A connection that was accepted, and is closed unless somebody takes it.
package final class OrderlyConnection<Value: ServerChildChannelValue>: ServerChildChannelValue {
    private let value: Value
    private let isTaken = Atomic(false)

    fileprivate init(_ value: Value) { self.value = value }

    package var channel: any Channel { value.channel }

    /// It is the caller's from now on.
    fileprivate func take() -> Value {
        isTaken.store(true, ordering: .relaxed)
        return value
    }

    deinit {
        guard !isTaken.load(ordering: .relaxed) else { return }
        // Only then has it come to its end.
        value.channel.closeFuture.whenComplete { [value] _ in withExtendedLifetime(value) {} }
        value.channel.close(promise: nil)
    }
}

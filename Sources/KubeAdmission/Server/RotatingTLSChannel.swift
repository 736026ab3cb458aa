import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// Puts TLS in front of a channel, each connection with the certificate that is current when it comes in.
///
/// Connections that are open keep theirs. While there is no certificate, or no place for one more, connections are closed before the
/// handshake.
struct RotatingTLSChannel<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    private struct NoCertificate: Error {}

    let base: Base
    let connections: AdmissionConnections
    /// The context for a new connection; `nil` when there is no certificate to show.
    let context: @Sendable () -> NIOSSLContext?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            guard let context = context() else { throw NoCertificate() }
            try connections.enter(channel)
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }.flatMapErrorThrowing { error in
            // Nobody else does: a connection that is not set up would stay open, and count nowhere.
            AdmissionConnections.drop(channel)
            throw error
        }
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

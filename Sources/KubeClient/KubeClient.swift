import KubeModel
import KubeTransport
import Logging

/// A client of one API server as one user.
///
/// # Guarantees
/// - Credentials are asked for anew for each request. After a 401 they are invalidated and the request is sent once more.
/// - Unary requests are sent again as the server asks for (429 and 5xx with `Retry-After`, up to 5 s each) or when the connection failed before
///   anything was sent; at most five times. Lists and watches are not: their callers resume them.
/// - Every error is a ``KubeError`` that names verb and object.
/// - A client with a ``WriteFence`` changes nothing while that is closed.
/// - A request with a name that cannot stand in a path is not sent, see ``RequestPath``.
///
/// # Cancellation
/// Cancelling the task of a request closes its connection, and the error says ``KubeError/isCancelled``.
package final class KubeClient: Sendable {
    package let configuration: ClusterConfiguration
    let transport: Transport
    let userAgent: String
    let clock: RequestClock
    let retryPolicy = RetryPolicy()
    let limits: DecodingLimits
    let warnings: WarningLog
    let metrics: RequestMetrics
    /// `nil` lets everything pass.
    package let fence: WriteFence?

    /// - Parameters:
    ///   - userAgent: who we are to the server's logs and metrics. Must not look like curl's, for which servers print prettily.
    ///   - logger: hears of the server's warnings, each once.
    ///   - clock: measures requests and waits between attempts.
    package init(
        configuration: ClusterConfiguration,
        transport: Transport,
        userAgent: String,
        logger: Logger,
        limits: DecodingLimits = DecodingLimits(),
        clock: RequestClock = .continuous
    ) {
        self.configuration = configuration
        self.transport = transport
        self.userAgent = userAgent
        self.clock = clock
        self.limits = limits
        warnings = WarningLog(logger: logger)
        metrics = RequestMetrics(host: configuration.server.authority)
        fence = nil
    }

    private init(_ client: KubeClient, fence: WriteFence?) {
        configuration = client.configuration
        transport = client.transport
        userAgent = client.userAgent
        clock = client.clock
        limits = client.limits
        warnings = client.warnings
        metrics = client.metrics
        self.fence = fence
    }

    /// The same client, whose every change passes the fence.
    package func fenced(by fence: WriteFence) -> KubeClient { KubeClient(self, fence: fence) }

    /// The same client with nothing to keep it from changing things.
    ///
    /// For what a process may write that does not lead, and no one else writes: the lease it wants, and reports about itself.
    package var unfenced: KubeClient { fence == nil ? self : KubeClient(self, fence: nil) }
}

/// How much of a foreign body is read.
package struct DecodingLimits: Sendable {
    /// The largest object of a list or a watch. etcd takes 1.5 MiB, whose JSON is a few times as large at most.
    package var objectSize = 8 << 20
    /// The largest body of a unary request.
    package var bodySize = 64 << 20
    /// The largest body of a refused request that is read for its status.
    package var statusSize = 256 << 10
    /// How long the body of a list may be silent.
    package var listIdleTimeout: Duration = .seconds(60)

    package init() {}
}

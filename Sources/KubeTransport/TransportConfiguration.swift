/// The limits of a ``Transport``.
package struct TransportConfiguration: Sendable {
    /// How many calls of ``HTTPRequest/Lane/shared`` are under way at once, and how many connections they keep alive.
    package var maximumConcurrentCalls = 8
    /// How long a connection attempt takes at most, with name resolution and TLS handshake.
    package var connectTimeout: Duration = .seconds(10)
    /// The timeout of requests that name none.
    package var defaultTimeout: Duration = .seconds(60)
    /// The largest head of a response, in bytes.
    package var maximumHeadSize = 64 * 1024
    /// How many bytes of a stream wait for their reader before the connection is no longer read.
    package var streamBufferSize = 256 * 1024
    /// How long a connection may be unused and still be used again. Below what servers and balancers allow.
    package var maximumIdleConnectionAge: Duration = .seconds(55)
    /// When a silent connection is probed for the first time, and how often then. It is given up after three probes.
    package var keepAliveInterval: Duration = .seconds(15)
    /// How long sent bytes may stay unacknowledged until the connection is given up (`TCP_USER_TIMEOUT`).
    package var unacknowledgedTimeout: Duration = .seconds(30)
    /// Whether a new connection may take up the TLS session of an earlier one, whose peer is then not verified again.
    package var resumesTLSSessions = true
    /// Told of every call when it ends and of every stream when its head arrives or fails to. Runs on the transport's
    /// thread: it must be quick and must not block.
    package var observer: (@Sendable (TransportObservation) -> Void)?

    package init() {}
}

/// What became of one request, for metrics.
package struct TransportObservation: Sendable {
    /// A status, or why there is none.
    package enum Outcome: Sendable, Hashable {
        case status(Int)
        case failure(TransportError.Code)
    }

    /// The method of the request.
    package var method: String
    /// The base URL of its endpoint.
    package var baseURL: String
    /// Whether it was a stream. The duration then ends with the head.
    package var isStream: Bool
    /// What came of it.
    package var outcome: Outcome
    /// From the call of the transport to its end, time in the queue included.
    package var duration: Duration
}

/// What one caller may ask of the server, and for how long.
package struct XDSServerOptions: Sendable {
    package var push = PushOptions()
    package var request = DeltaRequest.Limits()
    /// The most bytes of a request.
    package var messageBytes = 4 << 20
    /// The most bytes of the first request, before it is known who calls. Envoy names all its extensions in it.
    package var firstMessageBytes = 2 << 20
    /// Connections at a time; more are closed at once.
    package var connections = 20_000
    /// Streams of one connection at a time.
    package var streamsPerConnection: Int = 8
    /// Connections that wait to be accepted.
    package var backlog: Int32 = 4096
    /// Until a new connection speaks HTTP/2, and a new stream sent its first request.
    package var openingPatience = Duration.seconds(15)
    /// How long it may take to decide who calls.
    package var admissionPatience = Duration.seconds(10)
    /// At how many callers at a time is looked.
    package var admissions = 32
    /// How many callers wait for that; more are told to come back later.
    package var waitingAdmissions = 10_000
    /// A connection without streams is closed after so long.
    package var idlePatience = Duration.seconds(120)
    /// A connection that said nothing for so long is asked whether it is alive.
    package var keepaliveInterval = Duration.seconds(30)
    /// It is closed when it says nothing for so long after that.
    package var keepalivePatience = Duration.seconds(20)
    /// How long a graceful shutdown waits for streams to end.
    package var shutdownPatience = Duration.seconds(5)
    /// Threads that serve the streams.
    package var threads = 2

    package init() {}
}

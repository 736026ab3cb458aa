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
    /// Connections at a time on which nobody has been admitted yet. When there are more, addresses that have many lose some.
    package var unadmittedConnections = 2_000
    /// The same of one source address. The oldest is closed when there are more. Many sidecars may be seen under the address of one node.
    package var unadmittedConnectionsPerAddress = 256
    /// What all connections together may send before somebody is admitted on them, in bytes.
    package var unadmittedBytes = 32 << 20
    /// What one connection may send until then, in bytes. Half of it is the windows of its streams.
    package var unadmittedBytesPerConnection = 256 << 10
    /// HTTP/2 frames of one connection until then.
    package var unadmittedFramesPerConnection = 512
    /// Streams of one connection at a time, whether it has acknowledged the setting that says so or not.
    package var streamsPerConnection: Int = 8
    /// Those of them that are not admitted yet.
    package var unadmittedStreamsPerConnection: Int = 2
    /// After so many refused streams a connection on which nobody is admitted is closed.
    package var refusalsPerConnection = 8
    /// Connections that wait to be accepted.
    package var backlog: Int32 = 4096
    /// Until a new connection has finished the TLS handshake and opened a stream; until an admitted stream has sent its first request.
    package var openingPatience = Duration.seconds(15)
    /// How long it may take to decide who calls, once it is its turn.
    package var admissionPatience = Duration.seconds(10)
    /// From the opening of a connection or a stream to the admission of the caller, its wait for its turn included.
    package var admissionDeadline = Duration.seconds(30)
    /// At how many callers at a time is looked.
    package var admissions = 32
    /// At how many of the same source address.
    package var admissionsPerAddress = 4
    /// How many callers wait for that; more are told to come back later.
    package var waitingAdmissions = 10_000
    /// How many of the same source address.
    package var waitingAdmissionsPerAddress = 512
    /// How many callers were looked at and wait for their pods to be seen.
    package var pendingAdmissions = 1_024
    /// How many of the same source address.
    package var pendingAdmissionsPerAddress = 64
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
    /// Steps that look at more names than this are left to a worker, so that the other streams of a thread go on.
    package var inlineWeight = 2_048
    /// What the requests of one stream may cost at once, in time of a thread: several starts in a large mesh.
    package var workBurst = Duration.seconds(1)
    /// What they may cost from then on, as a share of the time of a thread. Those of a stream that costs more are read later.
    package var workShare = 0.1

    package init() {}
}

extension XDSServerOptions {
    var turns: AdmissionTurnsLimits {
        AdmissionTurnsLimits(
            places: admissions,
            placesPerAddress: admissionsPerAddress,
            waiting: waitingAdmissions,
            waitingPerAddress: waitingAdmissionsPerAddress,
            pending: pendingAdmissions,
            pendingPerAddress: pendingAdmissionsPerAddress
        )
    }

    var unadmitted: UnadmittedConnectionsLimits {
        UnadmittedConnectionsLimits(
            connections: unadmittedConnections,
            connectionsPerAddress: unadmittedConnectionsPerAddress,
            bytes: unadmittedBytes
        )
    }
}

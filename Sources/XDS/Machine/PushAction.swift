import EnvoyAPI

/// What a ``PushMachine`` wants done.
package enum PushAction: Sendable {
    case send(PushResponse)
    /// The client has this generation: all that it could accept was acknowledged.
    case delivered(generation: UInt64, changedAt: ContinuousClock.Instant?)
    /// The client rejected a resource, or takes back what it said of one. The machine's ``PushMachine/rejections`` changed.
    ///
    /// - Parameter new: what was rejected just now; `nil` when a rejection is over.
    case rejectionsChanged(new: PushRejection?)
}

/// One response to write.
package struct PushResponse: Sendable {
    package var type: ResourceType
    package var nonce: String
    /// New or changed, by name.
    package var resources: [EncodedResource]
    /// Names of what there is no more, or never was.
    package var removed: [String]
}

/// What a client does not accept. It keeps what it had of that name.
package struct PushRejection: Hashable, Sendable {
    package var type: ResourceType
    package var name: String
    package var version: String
    /// Envoy's words.
    package var message: String
    /// The object that the resource follows from.
    package var origin: ResourceOrigin?

    package init(type: ResourceType, name: String, version: String, message: String, origin: ResourceOrigin?) {
        self.type = type
        self.name = name
        self.version = version
        self.message = message
        self.origin = origin
    }
}

/// How a machine pushes.
package struct PushOptions: Sendable {
    /// After so long without an ACK of clusters the routes go out nevertheless. Envoy's own limit for what it waits for is the same.
    package var clusterPatience = Duration.seconds(15)
    /// A response holds at least one resource, and no more once it has so many bytes. gRPC clients refuse more than 4 MiB.
    package var responseBytes = 1 << 20
    /// The most names that a client may ask for, by type.
    package var names = 100_000
    /// The most bytes of names that a client may ask for, of all types together, each counted with ``nameOverhead``. What the names of a mesh
    /// of 20,000 services take.
    package var nameBytes = 4 << 20
    /// The most bytes of all that a client said of what it rejects. What comes beyond that is cut to a few words.
    package var rejectionBytes = 64 << 10

    /// What a name takes in memory apart from its text.
    package static let nameOverhead = 64

    package init() {}
}

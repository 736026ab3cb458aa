import JSON

/// What a cache needs of an object that comes off the wire. Usually a projection that keeps little of it.
///
/// # Assumptions
/// Reading never suspends and takes time in proportion to the object's bytes. What it throws makes this one object undecodable and
/// nothing else: the stream it came in goes on.
package protocol WireObject: Sendable {
    var key: ObjectKey { get }
    var uid: UID { get }
    var resourceVersion: ResourceVersion { get }

    /// Reads a whole object; the reader stands before it.
    init(json reader: inout JSONReader) throws

    /// What to ask the server for.
    static var representation: ObjectRepresentation { get }
    /// Whether the server is asked for protobuf first.
    static var readsProtobuf: Bool { get }
    /// Reads the message of an object, without the envelope. Called only if ``readsProtobuf``.
    static func read(protobuf reader: inout ProtobufReader) throws -> Self
}

/// What the API server is to send of each object.
package enum ObjectRepresentation: Hashable, Sendable {
    case whole
    /// `PartialObjectMetadata`: much less to send and to read, for every kind, in JSON and protobuf alike.
    case metadata
}

extension WireObject {
    package static var representation: ObjectRepresentation { .whole }
    package static var readsProtobuf: Bool { false }

    package static func read(protobuf reader: inout ProtobufReader) throws -> Self {
        throw ProtobufError(.unsupported, "\(Self.self) is read from JSON only", offset: reader.position)
    }
}

/// A built-in kind that can also be read from the API server's protobuf. Custom resources have none, except for their metadata.
package protocol ProtobufWireObject: WireObject {
    /// Reads the message of a whole object, without the envelope.
    init(protobuf reader: inout ProtobufReader) throws
}

extension ProtobufWireObject {
    package static var readsProtobuf: Bool { true }

    package static func read(protobuf reader: inout ProtobufReader) throws -> Self {
        try Self(protobuf: &reader)
    }
}

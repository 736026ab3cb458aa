import JSON

/// An object of any kind, reduced to its metadata by the server.
package struct ObjectMetaProjection: ProtobufWireObject, Hashable {
    package var metadata: ObjectMeta

    package static var representation: ObjectRepresentation { .metadata }

    package var key: ObjectKey { metadata.key }
    package var uid: UID { metadata.uid }
    package var resourceVersion: ResourceVersion { metadata.resourceVersion }

    /// - Throws: ``JSONError`` unless it is an object with a name.
    package init(json reader: inout JSONReader) throws {
        let start = reader.position
        metadata = try Self.metadata(json: &reader)
        guard !metadata.name.isEmpty else { throw JSONError(.typeMismatch, "no metadata.name", offset: start) }
    }

    /// - Throws: ``ProtobufError`` unless it is an object with a name.
    package init(protobuf reader: inout ProtobufReader) throws {
        let start = reader.position
        metadata = try Self.metadata(protobuf: &reader)
        guard !metadata.name.isEmpty else { throw ProtobufError(.typeMismatch, "no metadata.name", offset: start) }
    }

    /// The metadata of an object that may have no name, such as that of a bookmark.
    package static func metadata(json reader: inout JSONReader) throws(JSONError) -> ObjectMeta {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            default: try reader.skipValue()
            }
        }
        return metadata
    }

    /// The metadata of an object that may have no name, such as that of a bookmark.
    package static func metadata(protobuf reader: inout ProtobufReader) throws(ProtobufError) -> ObjectMeta {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        while let field = try reader.nextField() {
            switch field {
            case 1:
                metadata = try reader.readMessage { (meta) throws(ProtobufError) in try ObjectMeta(protobuf: &meta) }
            default: try reader.skip()
            }
        }
        return metadata
    }
}

import JSON

/// A Namespace, reduced to what it says of the objects in it.
package struct Namespace: ProtobufWireObject, Hashable {
    package let key: ObjectKey
    package let uid: UID
    package let resourceVersion: ResourceVersion
    package let labels: FlatMap
    /// All but ``FlatMap/lastApplied``.
    package let annotations: FlatMap
    /// Whether everything in it is being deleted; nothing can be created there any more.
    package let isTerminating: Bool

    package var name: String { key.name }

    private init(_ metadata: ObjectMeta, phase: String) {
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        labels = FlatMap(metadata.labels)
        annotations = FlatMap(annotations: metadata.annotations)
        isTerminating = metadata.isBeingDeleted || phase == "Terminating"
    }

    /// - Throws: ``JSONError`` unless it is a Namespace with a name.
    package init(json reader: inout JSONReader) throws {
        let start = reader.position
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var phase = ""
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "status":
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    if key == "phase" { phase = try reader.readString() } else { try reader.skipValue() }
                }
            default: try reader.skipValue()
            }
        }
        guard !metadata.name.isEmpty else { throw JSONError(.typeMismatch, "no metadata.name", offset: start) }
        self.init(metadata, phase: phase)
    }

    /// - Throws: ``ProtobufError`` unless it is a Namespace with a name.
    package init(protobuf reader: inout ProtobufReader) throws {
        let start = reader.position
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var phase = ""
        while let field = try reader.nextField() {
            switch field {
            case 1:
                metadata = try reader.readMessage { (meta) throws(ProtobufError) in try ObjectMeta(protobuf: &meta) }
            case 3:
                try reader.readMessage { (status) throws(ProtobufError) in
                    while let field = try status.nextField() {
                        if field == 1 { phase = try status.readString() } else { try status.skip() }
                    }
                }
            default: try reader.skip()
            }
        }
        guard !metadata.name.isEmpty else { throw ProtobufError(.typeMismatch, "no metadata.name", offset: start) }
        self.init(metadata, phase: phase)
    }
}

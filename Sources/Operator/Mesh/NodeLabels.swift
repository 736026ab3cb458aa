import JSON
import KubeModel

/// The labels of a node, some of which become tags of the pods there.
struct NodeLabels: WireObject {
    /// A heartbeat or a status is nothing to us: of a node only the metadata is asked for.
    static var representation: ObjectRepresentation { .metadata }

    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    let labels: [String: String]

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "metadata" { metadata = try ObjectMeta(from: &reader) } else { try reader.skipValue() }
        }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        labels = metadata.labels
    }
}

import JSON
import KubeModel

/// A ConfigMap or Secret as the operator stores it: that it is there, and a digest of its content. The content itself is not kept.
struct ConfigObject: WireObject {
    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    let digest: String

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var data: [UInt8] = []
        var binaryData: [UInt8] = []
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            // Written anew, because servers escape some characters that need no escape.
            case "data": data = try reader.readValue().encoded()
            case "binaryData": binaryData = try reader.readValue().encoded()
            default: try reader.skipValue()
            }
        }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        digest = ConfigDigest.of(uid: metadata.uid, parts: [data, binaryData])
    }
}

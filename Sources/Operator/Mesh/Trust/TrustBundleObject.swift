import Injection
import JSON
import KubeModel

/// A ConfigMap named ``SecretFile/configMapName`` as the operator stores it.
struct TrustBundleObject: WireObject, Hashable {
    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    /// Whether it is the operator's, by its label.
    let isOwn: Bool
    /// Of the keys that are the operator's.
    let data: [String: String]

    /// In bytes, of one value: four times what injection takes.
    private static let longest = 384 << 10

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var data: [String: String] = [:]
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "data":
                let values = try reader.readValue().objectValue ?? [:]
                for key in TrustBundle.dataKeys {
                    guard let text = values[key]?.stringValue else { continue }
                    // Anybody of the namespace may write one: what is too long to be ours is not kept.
                    data[key] = text.utf8.count <= Self.longest ? text : ""
                }
            default: try reader.skipValue()
            }
        }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        isOwn = metadata.labels[TrustBundle.label.key] == TrustBundle.label.value
        self.data = data
    }
}

import JSON
import KubeModel
import KubeRuntime

/// A small object to fill stores with.
struct Thing: WireObject, Hashable {
    var key: ObjectKey
    var uid: UID
    var resourceVersion: ResourceVersion
    var color = ""
    var generation: Int64 = 1

    init(_ name: String, uid: String = "1", version: UInt64, color: String = "", generation: Int64 = 1) {
        key = ObjectKey(namespace: "test", name: name)
        self.uid = UID(uid)
        resourceVersion = ResourceVersion(version)
        self.color = color
        self.generation = generation
    }

    init(json reader: inout JSONReader) throws {
        let value = try reader.readValue()
        self.init(value[path: "metadata", "name"]?.stringValue ?? "", version: 0)
    }
}

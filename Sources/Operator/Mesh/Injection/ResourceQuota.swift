import Injection
import JSON
import KubeModel

/// A ResourceQuota, reduced to which resources of pods it counts.
struct ResourceQuota: WireObject, Hashable {
    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    let resources: Set<String>
    /// Whether it counts all pods that request something. One that counts only some, by priority or by how long they run, is not looked at.
    let countsAll: Bool

    /// - Throws: ``JSONError`` unless it is a ResourceQuota with a name.
    init(json reader: inout JSONReader) throws {
        let start = reader.position
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var resources: Set<String> = []
        var countsAll = true
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "spec" where try !reader.readNull():
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "hard": resources = try Self.names(&reader)
                    case "scopes":
                        let scopes = try reader.readArray { (item) throws(JSONError) in try item.readString() }
                        // A pod with a sidecar requests something.
                        countsAll = countsAll && scopes.allSatisfy { $0 == "NotBestEffort" }
                    case "scopeSelector":
                        if try !reader.readNull() {
                            countsAll = false
                            try reader.skipValue()
                        }
                    default: try reader.skipValue()
                    }
                }
            case "spec": break
            default: try reader.skipValue()
            }
        }
        guard !metadata.name.isEmpty else { throw JSONError(.typeMismatch, "no metadata.name", offset: start) }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        self.resources = resources
        self.countsAll = countsAll
    }

    private static func names(_ reader: inout JSONReader) throws(JSONError) -> Set<String> {
        if try reader.readNull() { return [] }
        var names: Set<String> = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            names.insert(key)
            try reader.skipValue()
        }
        return names
    }
}

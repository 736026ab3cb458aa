import Injection
import JSON
import KubeModel

/// A LimitRange, reduced to what it demands of containers.
struct LimitRange: WireObject, Hashable {
    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    let containers: [NamespaceLimits.ContainerRange]

    /// - Throws: ``JSONError`` unless it is a LimitRange with a name.
    init(json reader: inout JSONReader) throws {
        let start = reader.position
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var items: [(type: String, range: NamespaceLimits.ContainerRange)] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "spec" where try !reader.readNull():
                try reader.beginObject()
                while let key = try reader.nextKey() {
                    guard key == "limits" else {
                        try reader.skipValue()
                        continue
                    }
                    items = try reader.readArray { (item) throws(JSONError) in try Self.item(&item) }
                }
            case "spec": break
            default: try reader.skipValue()
            }
        }
        guard !metadata.name.isEmpty else { throw JSONError(.typeMismatch, "no metadata.name", offset: start) }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        containers = items.filter { $0.type == "Container" }.map { item in
            var range = item.range
            range.name = metadata.name
            return range
        }
    }

    private static func item(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (type: String, range: NamespaceLimits.ContainerRange) {
        var type = ""
        var range = NamespaceLimits.ContainerRange(name: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": type = try reader.readString()
            case "min": range.min = try reader.readQuantities()
            case "max": range.max = try reader.readQuantities()
            case "maxLimitRequestRatio": range.maxRatio = try reader.readQuantities()
            case "default": range.limit = try reader.readQuantities()
            case "defaultRequest": range.request = try reader.readQuantities()
            default: try reader.skipValue()
            }
        }
        return (type, range)
    }
}

extension JSONReader {
    /// A map of amounts; those that are none are left out.
    fileprivate mutating func readQuantities() throws(JSONError) -> [String: Quantity] {
        if try readNull() { return [:] }
        var result: [String: Quantity] = [:]
        try beginObject()
        while let key = try nextKey() {
            guard try peekKind() == .string else {
                try skipValue()
                continue
            }
            result[key] = Quantity(try readString())
        }
        return result
    }
}

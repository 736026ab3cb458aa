import JSON
import KubeApply
import KubeModel

extension DynamicObject {
    /// This object without what differs between two honest answers of the same server: addresses and ports that it picks at random, the
    /// identity of the owner, and what controllers of the cluster note on the side.
    var comparable: DynamicObject {
        var result = withoutServerFields()
        // Nothing is picked for what is not stored.
        for field in ["clusterIP", "clusterIPs", "healthCheckNodePort"] { result.value[path: "spec", field] = nil }
        if kind == "Service" { result.value.removeMember("nodePort", ofElementsAt: ["spec", "ports"]) }
        result.value.removeMember("uid", ofElementsAt: ["metadata", "ownerReferences"])
        var annotations = result.value[path: "metadata", "annotations"]?.objectValue ?? [:]
        annotations["deployment.kubernetes.io/revision"] = nil
        annotations[IntentDigest.annotation] = nil
        result.value[path: "metadata", "annotations"] = annotations.isEmpty ? nil : .object(annotations)
        return result
    }
}

extension JSONValue {
    fileprivate mutating func removeMember(_ member: String, ofElementsAt path: [String]) {
        guard var elements = self[path: path]?.arrayValue else { return }
        for index in elements.indices { elements[index][member] = nil }
        self[path: path] = .array(elements)
    }

    /// The paths at which this value and another differ; `nil` for either means that there is none.
    static func differences(_ left: JSONValue?, _ right: JSONValue?, at path: String = "") -> [String] {
        guard left != right else { return [] }
        switch (left, right) {
        case (.object(let left)?, .object(let right)?):
            return Set(left.keys).union(right.keys).sorted().flatMap {
                differences(left[$0], right[$0], at: path.isEmpty ? $0 : "\(path).\($0)")
            }
        case (.array(let left)?, .array(let right)?) where left.count == right.count:
            return zip(left, right).enumerated().flatMap { index, pair in
                differences(pair.0, pair.1, at: "\(path)[\(index)]")
            }
        default:
            return ["\(path): \(left?.encodedText() ?? "nothing") and \(right?.encodedText() ?? "nothing")"]
        }
    }

}

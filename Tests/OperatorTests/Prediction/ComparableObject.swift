import JSON
import KubeApply
import KubeModel

extension DynamicObject {
    /// This object without what differs between two honest answers of the same server: addresses and ports that it picks at random, the
    /// identity of the owner, and what controllers of the cluster note on the side.
    var comparable: DynamicObject {
        var result = withoutServerFields()
        for field in ["clusterIP", "clusterIPs", "healthCheckNodePort"] where result.value[path: "spec", field] != nil {
            result.value[path: "spec", field] = "picked by the server"
        }
        if kind == "Service" { result.value.forEachElement(at: ["spec", "ports"]) { $0.mask("nodePort") } }
        result.value.forEachElement(at: ["metadata", "ownerReferences"]) { $0.mask("uid") }
        var annotations = result.value[path: "metadata", "annotations"]?.objectValue ?? [:]
        annotations["deployment.kubernetes.io/revision"] = nil
        annotations[IntentDigest.annotation] = nil
        result.value[path: "metadata", "annotations"] = annotations.isEmpty ? nil : .object(annotations)
        return result
    }
}

extension JSONValue {
    fileprivate mutating func mask(_ member: String) {
        if self[member] != nil { self[member] = "picked by the server" }
    }

    fileprivate mutating func forEachElement(at path: [String], _ change: (inout JSONValue) -> Void) {
        guard var elements = self[path: path]?.arrayValue else { return }
        for index in elements.indices { change(&elements[index]) }
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

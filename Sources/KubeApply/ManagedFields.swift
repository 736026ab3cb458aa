import JSON
import KubeModel

/// The fields that one manager owns in an object, as `metadata.managedFields` tells them (`fieldsV1`).
package struct ManagedFields: Hashable, Sendable {
    /// One step from a value to a part of it.
    package enum Step: Hashable, Sendable {
        /// A member of an object.
        case field(String)
        /// The element of a list that has these members.
        case element([String: JSONValue])
        /// The element of a list of scalars.
        case value(JSONValue)
        /// The element at an index; servers write it for no list that this operator uses.
        case index(Int)
    }

    /// A value that is owned in parts; without parts it is owned whole.
    package struct Node: Hashable, Sendable {
        package var parts: [Step: Node] = [:]

        fileprivate func joined(_ other: Node) -> Node {
            Node(parts: parts.merging(other.parts) { $0.joined($1) })
        }
    }

    /// The object itself.
    package var root: Node

    /// The fields that `manager` owns by apply, joined over the versions it applied with; `nil` when it owns none.
    package init?(of manager: String, in object: DynamicObject) {
        let own = Self.entries(of: object).filter { Self.isApply($0, by: manager) }
        guard !own.isEmpty else { return nil }
        root = own.map { Self.parse($0["fieldsV1"] ?? [:]) }.reduce(Node()) { $0.joined($1) }
    }

    /// The fields that anybody owns in another way than by `manager`'s apply.
    package init(ofAllBut manager: String, in object: DynamicObject) {
        let others = Self.entries(of: object).filter { !Self.isApply($0, by: manager) }
        root = others.map { Self.parse($0["fieldsV1"] ?? [:]) }.reduce(Node()) { $0.joined($1) }
    }

    private static func entries(of object: DynamicObject) -> [JSONValue] {
        object.value[path: "metadata", "managedFields"]?.arrayValue ?? []
    }

    private static func isApply(_ entry: JSONValue, by manager: String) -> Bool {
        entry["manager"]?.stringValue == manager && entry["operation"]?.stringValue == "Apply"
            && (entry["subresource"]?.stringValue ?? "").isEmpty
    }

    private static func parse(_ fields: JSONValue) -> Node {
        var node = Node()
        for (key, value) in fields.objectValue ?? [:] {
            if let step = step(key) { node.parts[step] = parse(value) }
        }
        return node
    }

    /// `f:` member, `k:` keys of an element, `v:` value of an element, `i:` index; `.` (the thing itself) and what is unknown is `nil`.
    private static func step(_ key: String) -> Step? {
        guard key.count > 2, key.dropFirst().first == ":" else { return nil }
        let rest = String(key.dropFirst(2))
        switch key.first {
        case "f": return .field(rest)
        case "i": return Int(rest).map(Step.index)
        case "k":
            guard case .object(let keys)? = parsed(rest) else { return nil }
            return .element(keys)
        case "v": return parsed(rest).map(Step.value)
        default: return nil
        }
    }

    private static func parsed(_ text: String) -> JSONValue? {
        do throws(JSONError) {
            return try JSONValue(parsing: text)
        } catch {
            return nil  // A step we cannot read is a field we claim nothing about.
        }
    }
}

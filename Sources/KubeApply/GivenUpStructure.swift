import JSON
import KubeModel

/// A structure of which an apply gives up all that its manager owned, such as a probe that is no longer asked for.
///
/// Servers since 1.21 remove it. Earlier ones remove its fields and leave it standing empty, and refuse the apply when it must not be empty:
/// a probe without a handler.
package struct GivenUpStructure: Hashable, Sendable {
    private let path: [ManagedFields.Step]
    private let value: JSONValue

    /// The structures that `manager` would give up with the intent, in no particular order. One of which somebody else owns a part is none.
    package static func all(in live: DynamicObject, by intent: DynamicObject, manager: String) -> [GivenUpStructure] {
        guard let owned = ManagedFields(of: manager, in: live) else { return [] }
        let others = ManagedFields(ofAllBut: manager, in: live)
        return structures(owned.root, live.value, wanted: intent.value, others: others.root, at: [])
    }

    private static func structures(
        _ owned: ManagedFields.Node,
        _ live: JSONValue,
        wanted: JSONValue,
        others: ManagedFields.Node?,
        at path: [ManagedFields.Step]
    ) -> [GivenUpStructure] {
        owned.parts.flatMap { step, node -> [GivenUpStructure] in
            guard let value = live.part(at: step), !node.parts.isEmpty else { return [] }
            let keeper = others?.parts[step]
            let path = path + [step]
            if let wanted = wanted.part(at: step) {
                return structures(node, value, wanted: wanted, others: keeper, at: path)
            }
            // An element of a list goes whole on every server.
            guard case .field = step, case .object = value, keeper == nil else { return [] }
            return [GivenUpStructure(path: path, value: value)]
        }
    }

    /// Whether a server means this structure by a field of its error: `spec.template.spec.containers[0].livenessProbe`.
    ///
    /// Which element of a list it is in is not looked at: the indexes are those of an object that was never stored.
    package func isMeant(by field: String) -> Bool {
        let names = path.compactMap { if case .field(let name) = $0 { name } else { nil } }
        return field.replacing(#/\[[^\]]*\]/#, with: "") == names.joined(separator: ".")
    }

    /// The intent with the structure still in it.
    package func kept(in intent: DynamicObject) -> DynamicObject {
        DynamicObject(intent.value.replacing(path[...], with: value))
    }

    /// The object without the structure.
    package func removed(from object: DynamicObject) -> DynamicObject {
        DynamicObject(object.value.replacing(path[...], with: nil))
    }

    /// What removes the structure from exactly this version of the object; `nil` when it does not have it.
    package func removal(from object: DynamicObject) -> JSONPatchOperation? {
        object.value.pointer(to: path[...]).map(JSONPatchOperation.remove)
    }
}

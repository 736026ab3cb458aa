import JSON
import KubeModel

/// What server-side apply would make of an object, worked out without a server.
///
/// Merges the intent into the live object by the rules of structured merge: members merge, lists by their ``ListSemantics``; what the
/// manager owned and the intent no longer has goes, unless another applier or updater owns it too, and see ``ServiceExposure``. Not predicted: defaulting, admission and
/// immutable fields; ask the server (`dryRun=All`) for those.
package struct ApplyPrediction: Sendable {
    private let groupKind: GroupKind
    private let fields: AppliedFields

    /// The object after `manager` applied `intent`, `live` being `nil` when there is none yet.
    ///
    /// A live object without `managedFields` (as `kubectl get -o yaml` prints it) loses nothing.
    package static func result(of intent: DynamicObject, on live: DynamicObject?, manager: String) -> DynamicObject {
        guard let live else { return intent }
        let groupKind = intent.groupVersionKind.groupKind
        let prediction = ApplyPrediction(groupKind: groupKind, fields: AppliedFields(groupKind: groupKind))
        var base = live.value
        if let owned = ManagedFields(of: manager, in: live) {
            let others = ManagedFields(ofAllBut: manager, in: live)
            base = prediction.removing(owned.root, from: base, wanted: intent.value, keeping: others.root)
        }
        let merged = DynamicObject(prediction.merge(intent.value, into: base, path: []))
        return ServiceExposure.given(up: live, in: merged, unless: intent)
    }

    // MARK: - What the intent says

    private func merge(_ intent: JSONValue, into live: JSONValue?, path: [String]) -> JSONValue {
        switch (intent, live) {
        case (.object(let members), .object(var merged)?):
            for (key, value) in members { merged[key] = merge(value, into: merged[key], path: path + [key]) }
            return .object(merged)
        case (.array(let elements), .array(let others)?):
            switch ListSemantics.of(path, in: groupKind) {
            case .atomic:
                // Replaced whole; an equal one keeps the defaults that the server filled in.
                return fields.difference(intent, live, path) == nil ? .array(others) : intent
            case .set:
                return .array(others + elements.filter { !others.contains($0) })
            case .map(let keys):
                return .array(merge(elements, into: others, keys: keys, path: path))
            }
        case (_, let live?):
            // The server keeps its own spelling of an equal value.
            return fields.difference(intent, live, path) == nil ? live : intent
        case (_, nil):
            return intent
        }
    }

    /// Applied elements in their applied order, then those of others.
    private func merge(_ intent: [JSONValue], into live: [JSONValue], keys: [String], path: [String]) -> [JSONValue] {
        func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool { keys.allSatisfy { left[$0] == right[$0] } }
        let merged = intent.map { element in merge(element, into: live.first { isSame($0, element) }, path: path) }
        return merged + live.filter { element in !intent.contains { isSame($0, element) } }
    }

    // MARK: - What the intent no longer says

    /// `live` without the owned parts that are neither wanted by the intent nor kept by another owner.
    private func removing(
        _ owned: ManagedFields.Node,
        from live: JSONValue,
        wanted: JSONValue?,
        keeping others: ManagedFields.Node?
    ) -> JSONValue {
        var result = live
        for (step, node) in owned.parts {
            let keeper = others?.parts[step]
            switch step {
            case .field(let name):
                guard let value = result[name] else { continue }
                result[name] = remainder(of: value, owned: node, wanted: wanted?[name], keeping: keeper)
            case .element(let keys):
                guard case .array(var elements) = result else { continue }
                func isMeant(_ element: JSONValue) -> Bool { keys.allSatisfy { element[$0.key] == $0.value } }
                guard let index = elements.firstIndex(where: isMeant) else { continue }
                let wantedElement = wanted?.arrayValue?.first(where: isMeant)
                let left = remainder(of: elements[index], owned: node, wanted: wantedElement, keeping: keeper)
                elements.replaceSubrange(index...index, with: left.map { [$0] } ?? [])
                result = .array(elements)
            case .value(let value):
                guard case .array(let elements) = result, keeper == nil else { continue }
                if wanted?.arrayValue?.contains(value) != true { result = .array(elements.filter { $0 != value }) }
            case .index:
                continue
            }
        }
        return result
    }

    /// What is left of one owned part; `nil` when it goes whole.
    private func remainder(
        of value: JSONValue,
        owned: ManagedFields.Node,
        wanted: JSONValue?,
        keeping keeper: ManagedFields.Node?
    ) -> JSONValue? {
        // A part that nobody wants or keeps goes with all that the server defaulted into it.
        if wanted == nil, keeper == nil { return nil }
        return owned.parts.isEmpty ? value : removing(owned, from: value, wanted: wanted, keeping: keeper)
    }
}

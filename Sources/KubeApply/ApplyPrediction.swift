import JSON
import KubeModel

/// What an object would be after an apply, worked out without a server.
///
/// Merges the intent into the live object by the rules of structured merge: members merge, maps by their ``MapSemantics`` and lists by their
/// ``ListSemantics``; what the manager owned and the intent no longer has goes, unless another applier or updater owns it too, and see
/// ``ServiceExposure``. Then come what is corrected after an apply (``ApplyCorrection``), and what is not stored because it is zero
/// (``ZeroValues``). Not predicted: defaulting, admission and immutable fields; ask the server (`dryRun=All`) for those.
package struct ApplyPrediction: Sendable {
    private let groupKind: GroupKind
    private let semantics: ApplySemantics
    private let fields: AppliedFields

    /// The object after `manager` applied `intent`, `live` being `nil` when there is none yet.
    ///
    /// A live object without `managedFields` (as `kubectl get -o yaml` prints it) loses nothing.
    ///
    /// - Parameter semantics: of the server.
    package static func result(
        of intent: DynamicObject,
        on live: DynamicObject?,
        manager: String,
        semantics: ApplySemantics = .current
    ) -> DynamicObject {
        guard let live else { return ZeroValues.dropped(from: intent) }
        let merged = merged(intent, into: live, manager: manager, semantics: semantics)
        let corrected = ZeroValues.dropped(from: ApplyCorrection.corrected(merged, by: intent))
        return ServiceExposure.given(up: live, in: corrected, unless: intent)
    }

    /// The object after the apply alone, before anything is corrected.
    package static func merged(
        _ intent: DynamicObject,
        into live: DynamicObject,
        manager: String,
        semantics: ApplySemantics
    ) -> DynamicObject {
        let groupKind = intent.groupVersionKind.groupKind
        let prediction = ApplyPrediction(
            groupKind: groupKind,
            semantics: semantics,
            fields: AppliedFields(groupKind: groupKind)
        )
        var base = live.value
        if let owned = ManagedFields(of: manager, in: live) {
            let others = ManagedFields(ofAllBut: manager, in: live)
            base = prediction.removing(owned.root, from: base, wanted: intent.value, keeping: others.root)
        }
        return DynamicObject(prediction.merge(intent.value, into: base, path: []))
    }

    // MARK: - What the intent says

    private func merge(_ intent: JSONValue, into live: JSONValue?, path: [String]) -> JSONValue {
        switch (intent, live) {
        case (.object, .object?) where MapSemantics.isAtomic(path, in: groupKind, semantics):
            return intent
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

    /// The elements of both, in the order of the server's generation.
    private func merge(_ intent: [JSONValue], into live: [JSONValue], keys: [String], path: [String]) -> [JSONValue] {
        func position(of element: JSONValue, in list: [JSONValue]) -> Int? {
            list.firstIndex { other in keys.allSatisfy { element[$0] == other[$0] } }
        }
        func merged(_ index: Int) -> JSONValue {
            let present = position(of: intent[index], in: live).map { live[$0] }
            return merge(intent[index], into: present, path: path)
        }
        let applied = live.map { position(of: $0, in: intent) }
        guard semantics.takesAppliedOrder else {
            let present = zip(live, applied).map { element, index in index.map(merged) ?? element }
            return present + intent.indices.filter { position(of: intent[$0], in: live) == nil }.map(merged)
        }
        // Elements of others stay before what of the intent comes after them; what both have comes in the order of the intent.
        var shared = intent.indices.filter { position(of: intent[$0], in: live) != nil }[...]
        var result: [JSONValue] = []
        var taken = Set<Int>()
        var (place, next) = (0, 0)
        while place < live.count || next < intent.count {
            if place < live.count {
                guard let index = applied[place] else {
                    result.append(live[place])
                    place += 1
                    continue
                }
                if taken.contains(index) || index != next && index != shared.first {
                    place += 1
                    continue
                }
                if index == next { place += 1 }
            }
            result.append(merged(next))
            taken.insert(next)
            if shared.first == next { shared.removeFirst() }
            next += 1
        }
        return result
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

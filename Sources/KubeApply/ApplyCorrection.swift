import JSON
import KubeModel

/// What of an object is otherwise than an intent says although the intent was applied to it.
///
/// An apply adds to what is there, and so leaves what others added to a map that selects, on servers that merge such maps, or where the
/// intent has no such map at all. And servers before 1.24 leave the elements of a list where they are, whatever the order of the intent.
package enum ApplyCorrection {
    /// The object as it has to be: without such members, and with lists whose order means something in the order of the intent. Elements of
    /// others keep their places.
    package static func corrected(_ object: DynamicObject, by intent: DynamicObject) -> DynamicObject {
        var path: [String] = []
        let walk = Walk(groupKind: intent.groupVersionKind.groupKind)
        return DynamicObject(walk.corrected(object.value, by: intent.value, isExact: false, at: &path))
    }

    /// Whether an apply of the intent would leave an object that has to be corrected.
    ///
    /// - Parameter live: may lack `managedFields`; then the answer may be `true` where the server itself removes what is given up.
    package static func isNeeded(
        after intent: DynamicObject,
        on live: DynamicObject,
        manager: String,
        semantics: ApplySemantics
    ) -> Bool {
        let merged = ApplyPrediction.merged(intent, into: live, manager: manager, semantics: semantics)
        return corrected(merged, by: intent) != merged
    }

    private struct Walk {
        let groupKind: GroupKind

        /// - Parameter path: as it was given when this returns.
        func corrected(
            _ value: JSONValue,
            by intent: JSONValue,
            isExact: Bool,
            at path: inout [String]
        ) -> JSONValue {
            switch (value, intent) {
            case (.object(let present), .object(let wanted)):
                return .object(corrected(present, by: wanted, isExact: isExact, at: &path))
            case (.array(let present), .array(let wanted)):
                guard case .map(let keys) = ListSemantics.of(path, in: groupKind) else { return value }
                return .array(corrected(present, by: wanted, keys: keys, at: &path))
            default:
                return value
            }
        }

        private func corrected(
            _ present: [String: JSONValue],
            by wanted: [String: JSONValue],
            isExact: Bool,
            at path: inout [String]
        ) -> [String: JSONValue] {
            let isExact = isExact || MapSemantics.isExact(path)
            let exclusive = MapSemantics.exclusiveMember(of: path, in: groupKind)
            var result = present
            for (key, value) in present {
                if let intended = wanted[key] {
                    path.append(key)
                    result[key] = corrected(value, by: intended, isExact: isExact, at: &path)
                    path.removeLast()
                } else if isExact || key == exclusive {
                    result[key] = nil
                }
            }
            return result
        }

        private func corrected(
            _ present: [JSONValue],
            by wanted: [JSONValue],
            keys: [String],
            at path: inout [String]
        ) -> [JSONValue] {
            func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool { keys.allSatisfy { left[$0] == right[$0] } }
            var result = present
            var places: [Int] = []
            var rank: [Int] = []
            for (index, element) in present.enumerated() {
                guard let position = wanted.firstIndex(where: { isSame($0, element) }) else { continue }
                result[index] = corrected(element, by: wanted[position], isExact: false, at: &path)
                places.append(index)
                rank.append(position)
            }
            guard ListSemantics.isOrdered(path), rank != rank.sorted() else { return result }
            let elements = zip(rank, places).sorted { $0.0 < $1.0 }.map { result[$0.1] }
            for (place, element) in zip(places, elements) { result[place] = element }
            return result
        }
    }
}

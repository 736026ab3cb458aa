import JSON
import KubeModel

/// Whether an object already says everything that an intent says.
///
/// An intent is the body of a server-side apply. The server's object holds more (defaults, other managers' fields), and writes some of
/// it otherwise (`1000m` as `1`, a zero value not at all); neither is a difference. What others added is one in maps that select, where it
/// changes what the intent's own members mean, and so is another order of a list whose order means something. Fields that the intent once had
/// and no longer has are not seen here: the digest in ``IntentDigest`` tells those.
package struct AppliedFields: Sendable {
    private let groupKind: GroupKind

    init(groupKind: GroupKind) { self.groupKind = groupKind }

    /// The path of the first field of `intent` that `observed` lacks or holds differently; `nil` when nothing differs.
    package static func firstDifference(intent: DynamicObject, observed: DynamicObject) -> String? {
        AppliedFields(groupKind: intent.groupVersionKind.groupKind).difference(intent.value, observed.value, [])
    }

    /// The same for the values at a path.
    func difference(_ intent: JSONValue, _ observed: JSONValue?, _ path: [String]) -> String? {
        var path = path
        return difference(intent, observed, isExact: false, at: &path)
    }

    /// - Parameters:
    ///   - isExact: whether members that only `observed` has are a difference.
    ///   - path: as it was given when this returns; one array serves the whole walk.
    private func difference(
        _ intent: JSONValue,
        _ observed: JSONValue?,
        isExact: Bool,
        at path: inout [String]
    ) -> String? {
        guard let observed, !observed.isNull else { return intent.isZero ? nil : path.joined(separator: ".") }
        switch (intent, observed) {
        case (.object(let members), .object(let others)):
            let isExact = isExact || MapSemantics.isExact(path)
            var first: (key: String, found: String)?
            if let surplus = surplus(in: others, over: members, isExact: isExact, at: path) {
                first = (surplus, (path + [surplus]).joined(separator: "."))
            }
            for (key, value) in members {
                // The version that an object was read in is no property of it.
                if path.isEmpty, key == "apiVersion" { continue }
                path.append(key)
                defer { path.removeLast() }
                guard let found = difference(value, others[key], isExact: isExact, at: &path) else { continue }
                if first.map({ key < $0.key }) ?? true { first = (key, found) }
            }
            return first?.found
        case (.array(let elements), .array(let others)):
            return difference(elements, others, isExact: isExact, at: &path)
        default:
            return scalarsAgree(intent, observed, path) ? nil : path.joined(separator: ".")
        }
    }

    /// A member that only the observed object has, and by which it means something else.
    private func surplus(
        in observed: [String: JSONValue],
        over intent: [String: JSONValue],
        isExact: Bool,
        at path: [String]
    ) -> String? {
        if isExact { return observed.filter { intent[$0.key] == nil && !$0.value.isZero }.keys.min() }
        guard let member = MapSemantics.exclusiveMember(of: path, in: groupKind), intent[member] == nil,
            observed[member]?.isZero == false
        else { return nil }
        return member
    }

    private func difference(
        _ intent: [JSONValue],
        _ observed: [JSONValue],
        isExact: Bool,
        at path: inout [String]
    ) -> String? {
        switch ListSemantics.of(path, in: groupKind) {
        case .atomic:
            guard intent.count == observed.count else { return path.joined(separator: ".") }
            for (value, other) in zip(intent, observed) {
                if let found = difference(value, other, isExact: isExact, at: &path) { return found }
            }
        case .set:
            guard intent.allSatisfy(observed.contains) else { return path.joined(separator: ".") }
        case .map(let keys):
            let isOrdered = ListSemantics.isOrdered(path)
            var last = -1
            for value in intent {
                let index = observed.firstIndex { candidate in keys.allSatisfy { candidate[$0] == value[$0] } }
                guard let index, !isOrdered || index > last else { return path.joined(separator: ".") }
                last = index
                if let found = difference(value, observed[index], isExact: isExact, at: &path) { return found }
            }
        }
        return nil
    }

    private func scalarsAgree(_ intent: JSONValue, _ observed: JSONValue, _ path: [String]) -> Bool {
        if intent == observed { return true }
        if let left = intent.doubleValue, let right = observed.doubleValue { return left == right }
        guard Self.isQuantity(path), let left = intent.quantityText, let right = observed.quantityText else {
            return false
        }
        guard let left = Quantity(left), let right = Quantity(right) else { return false }
        return left == right
    }

    private static func isQuantity(_ path: [String]) -> Bool {
        guard let last = path.last else { return false }
        if ["sizeLimit", "divisor", "averageValue"].contains(last) { return true }
        return path.count >= 3 && path[path.count - 3] == "resources"
            && ["requests", "limits"].contains(path[path.count - 2])
    }
}

extension JSONValue {
    /// Whether Go's `omitempty` would leave this value out, so that it comes back as nothing at all.
    fileprivate var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .double(let value): value == 0
        case .string(let value): value.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.values.allSatisfy(\.isZero)
        }
    }

    fileprivate var quantityText: String? {
        switch self {
        case .string(let text): text
        case .int(let value): String(value)
        case .double(let value): "\(value)"
        default: nil
        }
    }
}

import JSON

/// Values by the paths of ``ManagedFields``.
extension JSONValue {
    /// The part of this value that a step leads to; `nil` when there is none.
    func part(at step: ManagedFields.Step) -> JSONValue? {
        switch step {
        case .field(let name): self[name]
        case .element, .value, .index: index(of: step).flatMap { self[$0] }
        }
    }

    /// This value with something else, or nothing, at the end of a path; unchanged where the path leads nowhere.
    func replacing(_ path: ArraySlice<ManagedFields.Step>, with part: JSONValue?) -> JSONValue {
        guard let step = path.first else { return part ?? .null }
        let rest = path.dropFirst()
        guard rest.isEmpty else {
            return self.part(at: step).map { set($0.replacing(rest, with: part), at: step) } ?? self
        }
        return set(part, at: step)
    }

    /// The JSON pointer (RFC 6901) of the end of a path in this value; `nil` when the path leads nowhere.
    func pointer(to path: ArraySlice<ManagedFields.Step>) -> String? {
        guard let step = path.first else { return "" }
        guard let rest = part(at: step)?.pointer(to: path.dropFirst()) else { return nil }
        switch step {
        case .field(let name): return "/\(name.replacing("~", with: "~0").replacing("/", with: "~1"))\(rest)"
        case .element, .value, .index: return index(of: step).map { "/\($0)\(rest)" }
        }
    }

    private func set(_ part: JSONValue?, at step: ManagedFields.Step) -> JSONValue {
        var result = self
        switch step {
        case .field(let name):
            result[name] = part
        case .element, .value, .index:
            guard let index = index(of: step), var elements = arrayValue else { break }
            elements.replaceSubrange(index...index, with: part.map { [$0] } ?? [])
            result = .array(elements)
        }
        return result
    }

    private func index(of step: ManagedFields.Step) -> Int? {
        guard let elements = arrayValue else { return nil }
        switch step {
        case .field: return nil
        case .element(let keys):
            return elements.firstIndex { element in keys.allSatisfy { element[$0.key] == $0.value } }
        case .value(let value): return elements.firstIndex(of: value)
        case .index(let index): return elements.indices.contains(index) ? index : nil
        }
    }
}

import JSON
import KubeModel
import TestSupport
import Testing

struct JSONPatchTests {
    @Test func equalValuesNeedNoPatch() {
        #expect(JSONPatch.between(["a": [1, ["b": .null]]], ["a": [1, ["b": .null]]]).isEmpty)
    }

    /// Old, new, and the patch.
    @Test(
        arguments: [
            (["a": 1], ["a": 2], [.replace(path: "/a", value: 2)]),
            (["a": 1], ["a": 1, "b": [:]], [.add(path: "/b", value: [:])]),
            (["a": 1, "b": 2], ["b": 2], [.remove(path: "/a")]),
            (["x/y": ["~": 1]], ["x/y": ["~": 2]], [.replace(path: "/x~1y/~0", value: 2)]),
            (["": 1], ["": 2], [.replace(path: "/", value: 2)]),
            (1, [2], [.replace(path: "", value: [2])]),
            (["a": .null], ["a": [:]], [.replace(path: "/a", value: [:])]),
            ([1, 2, 3], [0, 1, 2, 3], [.add(path: "/0", value: 0)]),
            ([1, 2, 3], [1, 2, 3, 4], [.add(path: "/3", value: 4)]), ([1, 2, 3], [1, 3], [.remove(path: "/1")]),
            ([1, 2, 3], [1, 5, 3], [.replace(path: "/1", value: 5)]),
            (
                [["name": "web"]], [["name": "sidecar"], ["name": "web", "x": 1]],
                [.add(path: "/0", value: ["name": "sidecar"]), .add(path: "/1/x", value: 1)]
            ),
        ] as [(JSONValue, JSONValue, [JSONPatchOperation])]
    )
    func patchesAreSmall(old: JSONValue, new: JSONValue, patch: [JSONPatchOperation]) throws {
        #expect(JSONPatch.between(old, new) == patch)
        #expect(try patch.applied(to: old) == new)
    }

    @Test func anyValueBecomesAnyOther() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<1000 {
            let old = JSONValue.random(depth: 4, using: &generator)
            // Half of the time related values, as of a pod before and after.
            let new =
                Bool.random(using: &generator) ? .random(depth: 4, using: &generator) : old.altered(using: &generator)
            let patch = JSONPatch.between(old, new)
            #expect(try patch.applied(to: old) == new)
            #expect(patch.isEmpty == (old == new))
        }
    }
}

/// RFC 6902 by the letter, for judging patches.
extension [JSONPatchOperation] {
    func applied(to value: JSONValue) throws -> JSONValue {
        try reduce(value) { value, operation in
            switch operation {
            case .add(let path, let new): try value.changed(at: Self.pointer(path), .add(new))
            case .replace(let path, let new): try value.changed(at: Self.pointer(path), .replace(new))
            case .remove(let path): try value.changed(at: Self.pointer(path), .remove)
            case .test: value
            }
        }
    }

    private static func pointer(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }
}

private enum Change {
    case add(JSONValue), replace(JSONValue), remove
}

private struct BadPatch: Error {}

extension JSONValue {
    fileprivate func changed(at path: [String], _ change: Change) throws -> JSONValue {
        guard let first = path.first else {
            switch change {
            case .add(let value), .replace(let value): return value
            case .remove: throw BadPatch()
            }
        }
        let rest = Array(path.dropFirst())
        switch self {
        case .object(var members):
            if case .add(let value) = change, rest.isEmpty {
                members[first] = value
            } else {
                guard let member = members[first] else { throw BadPatch() }
                if case .remove = change, rest.isEmpty {
                    members[first] = nil
                } else {
                    members[first] = try member.changed(at: rest, change)
                }
            }
            return .object(members)
        case .array(var elements):
            guard let index = Int(first), index >= 0 else { throw BadPatch() }
            if case .add(let value) = change, rest.isEmpty {
                guard index <= elements.count else { throw BadPatch() }
                elements.insert(value, at: index)
            } else {
                guard index < elements.count else { throw BadPatch() }
                if case .remove = change, rest.isEmpty {
                    elements.remove(at: index)
                } else {
                    elements[index] = try elements[index].changed(at: rest, change)
                }
            }
            return .array(elements)
        default: throw BadPatch()
        }
    }

    fileprivate static func random(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        let kind = Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &generator)
        let count = Int.random(in: 0..<5, using: &generator)
        switch kind {
        case 0: return .null
        case 1: return .int(.random(in: 0..<3, using: &generator))
        case 2: return .string(["", "a", "é", "~/"].randomElement(using: &generator) ?? "")
        case 3: return ["name": .string(["a", "b"].randomElement(using: &generator) ?? "")]
        case 4, 5: return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<count {
                let key = ["", "name", "a/b", "~", "~1", "c"].randomElement(using: &generator) ?? ""
                members[key] = random(depth: depth - 1, using: &generator)
            }
            return .object(members)
        }
    }

    /// This value with elements put in, taken out or changed.
    fileprivate func altered(using generator: inout SeededGenerator) -> JSONValue {
        switch self {
        case .object(var members):
            if let key = members.keys.sorted().randomElement(using: &generator) {
                members[key] = members[key]?.altered(using: &generator)
            }
            members["new"] = .random(depth: 1, using: &generator)
            return .object(members)
        case .array(var elements):
            if let index = elements.indices.randomElement(using: &generator) {
                elements[index] = elements[index].altered(using: &generator)
            }
            if Bool.random(using: &generator), !elements.isEmpty {
                elements.remove(at: .random(in: elements.indices, using: &generator))
            } else {
                elements.insert(
                    .random(depth: 1, using: &generator),
                    at: .random(in: 0...elements.count, using: &generator)
                )
            }
            return .array(elements)
        default: return .random(depth: 1, using: &generator)
        }
    }
}

import JSON

/// RFC 6902 for whole values.
package enum JSONPatch {
    /// Operations that turn `old` into `new`; empty when they are equal.
    ///
    /// Small rather than smallest: what two arrays have in common at their ends stays, so that an element that was put in at the front or
    /// at the back is one operation. Members come in the order of their names, so that equal values give equal patches.
    package static func between(_ old: JSONValue, _ new: JSONValue) -> [JSONPatchOperation] {
        var operations: [JSONPatchOperation] = []
        compare(old, new, at: "", into: &operations)
        return operations
    }

    private static func compare(
        _ old: JSONValue,
        _ new: JSONValue,
        at path: String,
        into operations: inout [JSONPatchOperation]
    ) {
        guard old != new else { return }
        switch (old, new) {
        case (.object(let old), .object(let new)): compare(old, new, at: path, into: &operations)
        case (.array(let old), .array(let new)): compare(old, new, at: path, into: &operations)
        default: operations.append(.replace(path: path, value: new))
        }
    }

    private static func compare(
        _ old: [String: JSONValue],
        _ new: [String: JSONValue],
        at path: String,
        into operations: inout [JSONPatchOperation]
    ) {
        for key in old.keys.sorted(by: precedes) where new[key] == nil {
            operations.append(.remove(path: "\(path)/\(escaped(key))"))
        }
        for (key, value) in new.sorted(by: { precedes($0.key, $1.key) }) {
            let place = "\(path)/\(escaped(key))"
            if let before = old[key] {
                compare(before, value, at: place, into: &operations)
            } else {
                operations.append(.add(path: place, value: value))
            }
        }
    }

    private static func compare(
        _ old: [JSONValue],
        _ new: [JSONValue],
        at path: String,
        into operations: inout [JSONPatchOperation]
    ) {
        let common = min(old.count, new.count)
        // With as many elements as before each is taken for what stood in its place.
        if old.count == new.count {
            for index in 0..<common { compare(old[index], new[index], at: "\(path)/\(index)", into: &operations) }
            return
        }
        let tail = zip(old.reversed(), new.reversed()).prefix { isLike($0, $1) }.count
        let head = min(zip(old, new).prefix { isLike($0, $1) }.count, common - tail)
        // What is between head and tail goes or comes; from the back, so that indexes before it stay right.
        for index in stride(from: old.count - tail - 1, through: head, by: -1) {
            operations.append(.remove(path: "\(path)/\(index)"))
        }
        for index in head..<(new.count - tail) {
            operations.append(.add(path: "\(path)/\(index)", value: new[index]))
        }
        for index in 0..<head { compare(old[index], new[index], at: "\(path)/\(index)", into: &operations) }
        for index in 0..<tail {
            let place = new.count - tail + index
            compare(old[old.count - tail + index], new[place], at: "\(path)/\(place)", into: &operations)
        }
    }

    /// Whether two elements are the same one, perhaps changed: Kubernetes' lists are mostly of named objects.
    private static func isLike(_ old: JSONValue, _ new: JSONValue) -> Bool {
        if let name = old["name"], name == new["name"] { return true }
        return old == new
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// One part of a JSON pointer (RFC 6901).
    private static func escaped(_ key: String) -> String {
        guard key.contains(where: { $0 == "~" || $0 == "/" }) else { return key }
        return key.reduce(into: "") { text, character in
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(character)
            }
        }
    }
}

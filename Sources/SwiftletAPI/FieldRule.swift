import JSON

/// Rules for one value that several sections share; each says what is wrong and what would be right.
enum FieldRule {
    /// An absolute path in a container at which something can be mounted.
    static func mountPath(_ text: String, at path: FieldPath) -> [FieldError] {
        let isRoot = text.utf8.allSatisfy { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }
        if !text.hasPrefix("/") || isRoot {
            return [
                FieldError(path, "\"\(text)\" is not allowed: must start with / and not be the root, such as /srv/www")
            ]
        }
        if text.contains(":") { return [FieldError(path, "\"\(text)\" is not allowed: must not contain ':'")] }
        return escapes(text) ? [FieldError(path, "\"\(text)\" is not allowed: must not contain \"..\"")] : []
    }

    /// A path that stays below the place it is relative to.
    static func relativePath(_ text: String, at path: FieldPath) -> [FieldError] {
        if text.hasPrefix("/") {
            return [FieldError(path, "\"\(text)\" is not allowed: must be relative, without a slash at the start")]
        }
        return escapes(text) ? [FieldError(path, "\"\(text)\" is not allowed: must not contain \"..\"")] : []
    }

    /// The name of an object.
    static func name(_ text: String, _ rule: NameRule = .subdomain, at path: FieldPath) -> [FieldError] {
        rule.problem(with: text).map { [FieldError(path, $0)] } ?? []
    }

    static func labels(_ labels: [String: String], at path: FieldPath) -> [FieldError] {
        labels.keys.sorted().flatMap { key in name(key, .qualifiedName, at: path.appending(key: key)) }
            + labels.sorted { $0.key < $1.key }.flatMap { key, value in
                name(value, .labelValue, at: path.appending(key: key))
            }
    }

    /// The API server takes names of annotations in any case.
    static func annotations(_ annotations: [String: String], at path: FieldPath) -> [FieldError] {
        annotations.keys.sorted().flatMap { key in
            NameRule.qualifiedName.problem(with: key.lowercased()) == nil
                ? [] : name(key, .qualifiedName, at: path.appending(key: key))
        }
    }

    /// A list that must not be empty, in Kuma's words.
    static func notEmpty(_ list: [some Any], at path: FieldPath) -> [FieldError] {
        list.isEmpty ? [FieldError(path, "must have at least one element")] : []
    }

    /// Fields of which one and no more must be there.
    static func exactlyOne<Key: CodingKey>(_ given: [(field: Key, isThere: Bool)], at path: FieldPath) -> [FieldError] {
        let present = given.filter(\.isThere).map(\.field.stringValue)
        let choice = given.map(\.field.stringValue).joined(separator: ", ")
        switch present.count {
        case 0: return [FieldError(path, "needs one of \(choice)")]
        case 1: return []
        default:
            return [FieldError(path, "has \(present.joined(separator: " and ")): only one of \(choice) is possible")]
        }
    }

    static func range(_ number: Int64, in range: ClosedRange<Int64>, at path: FieldPath) -> [FieldError] {
        guard !range.contains(number) else { return [] }
        let limits = "from \(range.lowerBound) to \(range.upperBound)"
        return [FieldError(path, "\(number) is not allowed: must be \(limits)")]
    }

    /// A text that goes into a header or a request line. Envoy refuses the configuration otherwise.
    static func headerText(_ text: String, at path: FieldPath) -> [FieldError] {
        let isRight = text.utf8.allSatisfy { $0 != 0 && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return isRight ? [] : [FieldError(path, "must not contain line breaks or NUL")]
    }

    private static func escapes(_ path: String) -> Bool { path.split(separator: "/").contains("..") }
}

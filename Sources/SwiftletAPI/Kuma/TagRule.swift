import JSON

/// Kuma's rules for tags and the selectors made of them, with Kuma's words (2.14).
enum TagRule {
    static let service = "kuma.io/service"
    /// Stands for any value of a tag that is there.
    static let wildcard = "*"
    /// What a value in a selector may be; empty ones are refused apart from this.
    static let selectorValuePattern = #"^([a-zA-Z0-9.\-_:/]*|\*)$"#

    /// Selectors of sources and of split entries: some tags, `kuma.io/service` among them.
    static func selector(_ tags: [String: String], at path: FieldPath, requiresService: Bool = true) -> [FieldError] {
        var errors: [FieldError] = []
        if tags.isEmpty { errors.append(FieldError(path, "must have at least one tag")) }
        errors += values(tags, at: path)
        if requiresService, tags[service] == nil {
            errors.append(FieldError(path, "mandatory tag \"\(service)\" is missing"))
        }
        return errors
    }

    /// Selectors of destinations: `kuma.io/service` alone.
    static func serviceSelector(_ tags: [String: String], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if tags.count != 1 || tags[service] == nil {
            errors.append(FieldError(path, "must consist of exactly one tag \"\(service)\""))
        }
        for name in tags.keys.sorted() where name != service {
            errors.append(FieldError(path.appending(key: name), "tag \"\(name)\" is not allowed"))
        }
        errors += values(tags, at: path)
        if tags[service] == nil { errors.append(FieldError(path, "mandatory tag \"\(service)\" is missing")) }
        return errors
    }

    private static func values(_ tags: [String: String], at path: FieldPath) -> [FieldError] {
        tags.sorted { $0.key < $1.key }.flatMap { name, value -> [FieldError] in
            let path = path.appending(key: name)
            var errors: [FieldError] = []
            if name.isEmpty { errors.append(FieldError(path, "tag name must be non-empty")) }
            if !name.utf8.allSatisfy(isTagCharacter) {
                errors.append(
                    FieldError(
                        path,
                        "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores"
                    )
                )
            }
            if value.isEmpty { errors.append(FieldError(path, "tag value must be non-empty")) }
            if value != wildcard, !value.utf8.allSatisfy(isTagCharacter) {
                errors.append(
                    FieldError(
                        path,
                        """
                        tag value must consist of alphanumeric characters, dots, dashes, slashes and underscores or be "*"
                        """
                    )
                )
            }
            return errors
        }
    }

    private static func isTagCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_:/".utf8.contains(byte)
        }
    }
}

extension FieldDocumentation {
    /// A map of tags to values or `*`. With `kuma.io/service` if it selects by it, and then perhaps nothing else.
    func tags(requiresService: Bool = true, only: Bool = false) -> FieldDocumentation {
        and { schema in
            var value = JSONSchema(.string)
            value.minLength = 1
            value.pattern = TagRule.selectorValuePattern
            schema.structure = .map(value)
            schema.requiredMembers = requiresService ? [TagRule.service] : []
            schema.maxProperties = only ? 1 : nil
            schema.isAtomic = true
        }
    }
}

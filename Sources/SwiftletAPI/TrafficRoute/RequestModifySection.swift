/// What is changed on the way.
package struct RequestModifySection: SchemaObject {
    package var path: PathModifySection?
    package var host: HostModifySection?
    package var requestHeaders: HeadersModifySection?
    package var responseHeaders: HeadersModifySection?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case path, host, requestHeaders, responseHeaders
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .path: FieldDocumentation("Another path. Exactly one of rewritePrefix and regex.")
        case .host: FieldDocumentation("Another Host header. Exactly one of value and fromPath.")
        case .requestHeaders: FieldDocumentation("Headers of the request, but for Host and those that start with ':'.")
        case .responseHeaders: FieldDocumentation("Headers of the response, but for those that start with ':'.")
        }
    }
}

package struct PathModifySection: SchemaObject {
    package var rewritePrefix: String?
    package var regex: RegexSubstitutionSection?

    package init(rewritePrefix: String? = nil, regex: RegexSubstitutionSection? = nil) {
        self.rewritePrefix = rewritePrefix
        self.regex = regex
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case rewritePrefix, regex
    }

    package static var oneof: [CodingKeys] { CodingKeys.allCases }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .rewritePrefix:
            FieldDocumentation("Takes the place of match.path.prefix, which must be given.").nonEmpty()
        case .regex: FieldDocumentation("Replaces what a pattern matches in the path.")
        }
    }
}

package struct HostModifySection: SchemaObject {
    package var value: String?
    package var fromPath: RegexSubstitutionSection?

    package init(value: String? = nil, fromPath: RegexSubstitutionSection? = nil) {
        self.value = value
        self.fromPath = fromPath
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case value, fromPath
    }

    package static var oneof: [CodingKeys] { CodingKeys.allCases }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .value: FieldDocumentation("The new Host header.").nonEmpty()
        case .fromPath: FieldDocumentation("Makes the Host header from the path.")
        }
    }
}

package struct RegexSubstitutionSection: SchemaObject {
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var pattern: String
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var substitution: String

    package init(pattern: String, substitution: String) {
        self.pattern = pattern
        self.substitution = substitution
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case pattern, substitution
    }

    package static var requiredFields: [CodingKeys] { CodingKeys.allCases }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .pattern: FieldDocumentation("A regular expression in RE2 syntax.").nonEmpty()
        case .substitution: FieldDocumentation(#"What takes its place; \1 stands for the first group."#).nonEmpty()
        }
    }
}

package struct HeadersModifySection: SchemaObject {
    @Default<Defaults.NoElements<HeaderAddition>> package var add: [HeaderAddition]
    @Default<Defaults.NoElements<HeaderRemoval>> package var remove: [HeaderRemoval]

    package init(add: [HeaderAddition] = [], remove: [HeaderRemoval] = []) {
        self.add = add
        self.remove = remove
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case add, remove
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .add: FieldDocumentation("Headers to set, or to add to.").list(.atomic)
        case .remove: FieldDocumentation("Headers to take away.").list(.atomic)
        }
    }
}

package struct HeaderAddition: SchemaObject {
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var name: String
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var value: String
    @Default<Defaults.Unstated<Defaults.False>> package var append: Bool

    package init(name: String, value: String, append: Bool = false) {
        self.name = name
        self.value = value
        self.append = append
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name, value, append
    }

    package static var requiredFields: [CodingKeys] { [.name, .value] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .name: FieldDocumentation("Name of the header.").nonEmpty()
        case .value: FieldDocumentation("Value of the header.").nonEmpty()
        case .append:
            FieldDocumentation(
                "Whether the value is added to those that are there; otherwise, and if not given, it replaces them."
            )
        }
    }
}

package struct HeaderRemoval: SchemaObject {
    @Default<Defaults.Unstated<Defaults.EmptyText>> package var name: String

    package init(name: String) { self.name = name }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name
    }

    package static var requiredFields: [CodingKeys] { [.name] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .name: FieldDocumentation("Name of the header.").nonEmpty()
        }
    }
}

import JSON

/// Which proxies may join the mesh.
package struct ConstraintsSection: SchemaObject {
    package var dataplaneProxy: DataplaneConstraintsSection?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case dataplaneProxy
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .dataplaneProxy: FieldDocumentation("By the tags of their inbounds.")
        }
    }
}

package struct DataplaneConstraintsSection: SchemaObject {
    @Default<Defaults.NoElements<ConstraintRule>> package var requirements: [ConstraintRule]
    @Default<Defaults.NoElements<ConstraintRule>> package var restrictions: [ConstraintRule]

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case requirements, restrictions
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .requirements: FieldDocumentation("A proxy must satisfy at least one of these, if any.").list(.atomic)
        case .restrictions: FieldDocumentation("A proxy must satisfy none of these.").list(.atomic)
        }
    }
}

package struct ConstraintRule: SchemaObject {
    @Default<Defaults.NoMembers> package var tags: [String: String]

    package init(tags: [String: String]) { self.tags = tags }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case tags
    }

    package static var requiredFields: [CodingKeys] { [.tags] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .tags:
            FieldDocumentation("Tags that must be there, with their values or \"*\".").tags(requiresService: false)
        }
    }
}

extension ConstraintsSection {
    func validate(at path: FieldPath) -> [FieldError] {
        let path = path.appending(key: "dataplaneProxy")
        let lists = [
            ("requirements", dataplaneProxy?.requirements ?? []), ("restrictions", dataplaneProxy?.restrictions ?? []),
        ]
        return lists.flatMap { name, rules in
            rules.enumerated().flatMap { index, rule in
                TagRule.selector(
                    rule.tags,
                    at: path.appending(key: name).appending(index: index).appending(key: "tags"),
                    requiresService: false
                )
            }
        }
    }
}

import JSON

/// An OpenAPI v3 schema as CustomResourceDefinitions have them: structural, and valid for every API server since 1.20.
///
/// Unknown members of objects are pruned by the server, so that what a schema does not name does not exist.
package struct JSONSchema: Hashable, Sendable {
    /// What values look like.
    package indirect enum Structure: Hashable, Sendable {
        case string
        case integer
        case number
        case boolean
        /// An object with named members.
        case object(properties: [String: JSONSchema], required: Set<String>)
        /// An object with members of any name, all alike.
        case map(JSONSchema)
        case array(JSONSchema)
        /// A whole number or a text, such as a port or a percentage.
        case intOrString
        /// Anything at all, kept as it is.
        case anything
    }

    /// How server-side apply merges a list.
    package enum ListType: Hashable, Sendable {
        /// Replaced whole.
        case atomic
        /// Scalars without duplicates.
        case set
        /// Objects told apart by the values of these members, which must be required.
        case map(keys: [String])
    }

    package var structure: Structure
    /// What `kubectl explain` prints.
    package var description = ""
    package var format: String?
    /// A regular expression that a text must contain a match of (ECMA 262; Go and Swift read the ones used here alike).
    package var pattern: String?
    /// The only texts allowed; empty for no limit.
    package var enumeration: [String] = []
    package var minimum: Int64?
    package var maximum: Int64?
    package var minLength: Int?
    package var maxLength: Int?
    package var minItems: Int?
    /// How many members an object may have at most.
    package var maxProperties: Int?
    /// Members that a map must have.
    package var requiredMembers: [String] = []
    /// What the server fills in where the member is missing and the object that would hold it is there.
    package var defaultValue: JSONValue?
    package var listType: ListType?
    /// Server-side apply replaces the object whole.
    package var isAtomic = false
    /// Exactly one of these members must be there; empty for no such rule.
    package var exactlyOneOf: [String] = []
    /// The value is, or is part of, a protobuf message that Kuma reads with jsonpb, see ``AcceptedForm``. The API server must refuse nothing
    /// that jsonpb takes: rules that depend on how something is written are left to the operator.
    package var isProtobuf = false
    /// Another name of this member of a protobuf message: the one of the `.proto` file.
    package var protobufName: String?
    /// The texts of ``enumeration`` are constants of a protobuf enumeration, in the order of their numbers from 0.
    package var isProtobufEnumeration = false
    /// Members of a protobuf `oneof` in the order of their declaration: of several that are there the last counts.
    package var oneof: [String] = []

    package init(_ structure: Structure, description: String = "") {
        self.structure = structure
        self.description = description
    }
}

extension JSONSchema {
    /// The schema in the form of a CustomResourceDefinition's `openAPIV3Schema`.
    package var json: JSONValue {
        var members: [String: JSONValue] = [:]
        members["description"] = description.isEmpty ? nil : .string(description)
        members["format"] = isProtobuf ? nil : format.map(JSONValue.string)
        members["pattern"] = pattern.map(JSONValue.string)
        members["enum"] = enumeration.isEmpty || isProtobufEnumeration ? nil : .strings(enumeration)
        members["minimum"] = minimum.map(JSONValue.int)
        members["maximum"] = maximum.map(JSONValue.int)
        members["minLength"] = minLength.map { .int(Int64($0)) }
        members["maxLength"] = maxLength.map { .int(Int64($0)) }
        members["minItems"] = minItems.map { .int(Int64($0)) }
        members["maxProperties"] = maxProperties.map { .int(Int64($0)) }
        members["default"] = defaultValue
        members["required"] = requiredMembers.isEmpty ? nil : .strings(requiredMembers)
        members.merge(isProtobuf ? protobufMembers : structure.members) { $1 }
        if let listType { members.merge(listType.members) { $1 } }
        if isAtomic { members["x-kubernetes-map-type"] = "atomic" }
        if !exactlyOneOf.isEmpty, !isProtobuf {
            members["oneOf"] = .array(exactlyOneOf.map { ["required": .strings([$0])] })
        }
        return .object(members)
    }

    /// What values look like, with all that jsonpb takes.
    private var protobufMembers: [String: JSONValue] {
        var members = structure.members
        switch structure {
        case .integer: return ["x-kubernetes-int-or-string": true]
        case .string: return isProtobufEnumeration ? ["x-kubernetes-int-or-string": true] : members
        // No type is both a number with a fraction and a text.
        case .number: return ["x-kubernetes-preserve-unknown-fields": true]
        case .object(let properties, let required):
            let written = required.filter { properties[$0]?.protobufName == nil }.sorted()
            members["required"] = written.isEmpty ? nil : .strings(written)
            members["x-kubernetes-preserve-unknown-fields"] = true
        default: break
        }
        return members
    }
}

extension JSONSchema.Structure {
    fileprivate var members: [String: JSONValue] {
        switch self {
        case .string: return ["type": "string"]
        case .integer: return ["type": "integer"]
        case .number: return ["type": "number"]
        case .boolean: return ["type": "boolean"]
        case .object(let properties, let required):
            var members: [String: JSONValue] = ["type": "object"]
            members["properties"] = properties.isEmpty ? nil : .object(properties.mapValues(\.json))
            members["required"] = required.isEmpty ? nil : .strings(required.sorted())
            return members
        case .map(let value): return ["type": "object", "additionalProperties": value.json]
        case .array(let element): return ["type": "array", "items": element.json]
        case .intOrString: return ["x-kubernetes-int-or-string": true]
        case .anything: return ["x-kubernetes-preserve-unknown-fields": true]
        }
    }
}

extension JSONSchema.ListType {
    fileprivate var members: [String: JSONValue] {
        switch self {
        case .atomic: ["x-kubernetes-list-type": "atomic"]
        case .set: ["x-kubernetes-list-type": "set"]
        case .map(let keys): ["x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": .strings(keys)]
        }
    }
}

/// A struct of the API: its schema follows from its `init(from:)` and from what is said here about each field.
///
/// The requirement is a function over the coding keys, to be written as an exhaustive `switch`: a field without documentation does not
/// compile, nor does documentation of a field that is not there.
package protocol SchemaObject: Codable, Hashable, Sendable {
    associatedtype CodingKeys: CodingKey, CaseIterable

    /// What a person needs to know about a field, and which of its values are allowed.
    static func documentation(of field: CodingKeys) -> FieldDocumentation

    /// Exactly one of these fields must be there; empty for no such rule.
    static var exactlyOneOf: [CodingKeys] { get }

    /// The fields of a protobuf `oneof`, in the order of their declaration; empty for none. Of several that are given the last counts.
    static var oneof: [CodingKeys] { get }

    /// Fields that must be there although a decode goes on without them, so that a stored object that lacks one can still be reported.
    static var requiredFields: [CodingKeys] { get }
}

extension SchemaObject {
    package static var exactlyOneOf: [CodingKeys] { [] }
    package static var oneof: [CodingKeys] { [] }
    package static var requiredFields: [CodingKeys] { [] }
}

/// The description of a field and the limits of its values that its Swift type does not tell.
package struct FieldDocumentation: Sendable {
    private let apply: @Sendable (inout JSONSchema) -> Void

    package init(_ description: String) {
        apply = { $0.description = description }
    }

    private init(_ apply: @escaping @Sendable (inout JSONSchema) -> Void) {
        self.apply = apply
    }

    func and(_ change: @escaping @Sendable (inout JSONSchema) -> Void) -> FieldDocumentation {
        FieldDocumentation { [apply] (schema: inout JSONSchema) in
            apply(&schema)
            change(&schema)
        }
    }

    /// Whole numbers within these limits.
    package func range(_ range: ClosedRange<Int64>) -> FieldDocumentation {
        and {
            $0.minimum = range.lowerBound
            $0.maximum = range.upperBound
        }
    }

    /// Counts of replicas: 32 bits in every Kubernetes API.
    package func count(from minimum: Int64) -> FieldDocumentation {
        and {
            $0.minimum = minimum
            $0.format = "int32"
        }
    }

    package func nonEmpty() -> FieldDocumentation { and { $0.minLength = 1 } }

    package func maxLength(_ length: Int) -> FieldDocumentation { and { $0.maxLength = length } }

    package func pattern(_ pattern: String) -> FieldDocumentation { and { $0.pattern = pattern } }

    package func minItems(_ count: Int) -> FieldDocumentation { and { $0.minItems = count } }

    /// The only texts allowed.
    package func oneOf(_ values: [String]) -> FieldDocumentation { and { $0.enumeration = values } }

    /// A constant of a protobuf enumeration: its name, or its number, which counts from 0.
    package func constant(of values: [String]) -> FieldDocumentation {
        and {
            $0.enumeration = values
            $0.isProtobufEnumeration = true
        }
    }

    /// The name that the field has in its `.proto` file, by which it is known as well.
    package func named(_ protobufName: String) -> FieldDocumentation { and { $0.protobufName = protobufName } }

    package func list(_ type: JSONSchema.ListType) -> FieldDocumentation { and { $0.listType = type } }

    /// Server-side apply replaces the object whole.
    package func atomic() -> FieldDocumentation { and { $0.isAtomic = true } }

    /// The schema with this said about it.
    func applied(to schema: JSONSchema) -> JSONSchema {
        var schema = schema
        apply(&schema)
        return schema
    }
}

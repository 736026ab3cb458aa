import JSON
import KubeModel

/// The text of a resource quantity, such as `10Gi`; manifests may also write a whole number.
///
/// The text is kept as written, so that it can be handed on; ``quantity`` is its value.
package struct ResourceQuantity: Hashable, Sendable {
    package var text: String

    package init(_ text: String) { self.text = text }

    /// The amount; `nil` when the text is no quantity.
    package var quantity: Quantity? { Quantity(text) }
}

extension ResourceQuantity: Codable {
    package init(from decoder: any Decoder) throws {
        switch try IntOrString(from: decoder) {
        case .int(let value): text = String(value)
        case .string(let value): text = value
        }
    }

    package func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}

extension ResourceQuantity: SchemaType {
    /// The same pattern as the API server's own quantities have in published schemas.
    static let pattern =
        #"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"#

    static var schema: JSONSchema {
        var schema = JSONSchema(.intOrString)
        schema.pattern = pattern
        return schema
    }
    static var example: ResourceQuantity { ResourceQuantity("1") }
}

import JSON

/// A part of a pod template that is handed through as the manifest has it.
///
/// Nothing of it is read, so that nothing can be lost on the way; its shape exists for the schema, which refuses misspelt fields.
package struct Verbatim<Shape: VerbatimShape>: Hashable, Sendable {
    package var json: JSONValue

    package init(_ json: JSONValue) { self.json = json }
}

/// What a ``Verbatim`` value has to look like.
package protocol VerbatimShape: Sendable {
    static var schema: JSONSchema { get }
}

extension Verbatim: Codable {
    package init(from decoder: any Decoder) throws {
        json = try decoder.singleValueContainer().decode(JSONValue.self)
    }

    package func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }
}

extension Verbatim: SchemaType {
    static var schema: JSONSchema { Shape.schema }
    static var example: Verbatim { Verbatim([:]) }
}

extension Verbatim: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        json = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

import JSON

/// A whole number or a text, such as a count or a percentage.
package enum IntOrString: Hashable, Sendable {
    case int(Int64)
    case string(String)

    package var json: JSONValue {
        switch self {
        case .int(let value): .int(value)
        case .string(let value): .string(value)
        }
    }
}

extension IntOrString: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let value = try container.decode(JSONValue.self)
        switch value {
        case .string(let text): self = .string(text)
        default:
            guard let number = value.intValue else {
                throw DecodingError.typeMismatch(
                    IntOrString.self,
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "expected integer or string, found \(value.typeName)"
                    )
                )
            }
            self = .int(number)
        }
    }

    package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension IntOrString: SchemaType {
    static var schema: JSONSchema { JSONSchema(.intOrString) }
    static var example: IntOrString { .int(0) }
}

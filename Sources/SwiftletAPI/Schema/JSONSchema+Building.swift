/// Short forms for schemas that are written out by hand.
extension JSONSchema {
    static func text(_ description: String, oneOf values: [String] = [], minLength: Int? = nil) -> JSONSchema {
        var schema = JSONSchema(.string, description: description)
        schema.enumeration = values
        schema.minLength = minLength
        return schema
    }

    static func flag(_ description: String) -> JSONSchema { JSONSchema(.boolean, description: description) }

    static func number(_ description: String, in range: ClosedRange<Int64>? = nil) -> JSONSchema {
        var schema = JSONSchema(.integer, description: description)
        schema.minimum = range?.lowerBound
        schema.maximum = range?.upperBound
        return schema
    }

    static func intOrString(_ description: String) -> JSONSchema { JSONSchema(.intOrString, description: description) }

    static func quantity(_ description: String) -> JSONSchema {
        ResourceQuantity.schema.described(description)
    }

    static func texts(_ description: String, _ type: ListType = .atomic) -> JSONSchema {
        list(description, JSONSchema(.string), type)
    }

    static func list(_ description: String, _ element: JSONSchema, _ type: ListType = .atomic) -> JSONSchema {
        var schema = JSONSchema(.array(element), description: description)
        schema.listType = type
        return schema
    }

    static func map(_ description: String, _ value: JSONSchema = JSONSchema(.string)) -> JSONSchema {
        JSONSchema(.map(value), description: description)
    }

    /// An object; members whose names are in `required` must be there.
    static func object(
        _ description: String,
        required: Set<String> = [],
        _ properties: [String: JSONSchema]
    ) -> JSONSchema {
        JSONSchema(.object(properties: properties, required: required), description: description)
    }

    func described(_ description: String) -> JSONSchema {
        var schema = self
        schema.description = description
        return schema
    }

    /// Exactly one of these members must be there.
    func choosing(_ members: String...) -> JSONSchema {
        var schema = self
        schema.exactlyOneOf = members
        return schema
    }

    func atomic() -> JSONSchema {
        var schema = self
        schema.isAtomic = true
        return schema
    }

    /// The schema of a protobuf message: this with all below it.
    var asProtobuf: JSONSchema {
        var schema = self
        schema.isProtobuf = true
        switch structure {
        case .object(let properties, let required):
            schema.structure = .object(properties: properties.mapValues(\.asProtobuf), required: required)
        case .map(let element): schema.structure = .map(element.asProtobuf)
        case .array(let element): schema.structure = .array(element.asProtobuf)
        case .string, .integer, .number, .boolean, .intOrString, .anything: break
        }
        return schema
    }

    /// A constant of a protobuf enumeration, whose numbers count from 0.
    static func constant(_ values: [String]) -> JSONSchema {
        var schema = text("", oneOf: values)
        schema.isProtobufEnumeration = true
        return schema
    }
}

extension FieldDocumentation {
    /// A TCP port.
    func port() -> FieldDocumentation { range(1...65535) }

    /// An absolute path that is not the root; a colon would end it in the container runtime's notation.
    func mountPath() -> FieldDocumentation { pattern("^/[^:]*[^:/][^:]*$") }
}

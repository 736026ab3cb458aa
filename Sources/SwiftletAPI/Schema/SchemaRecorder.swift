/// Finds the schema of a type by letting it decode itself and noting what it asks for.
///
/// Works for types whose `init(from:)` asks for the same fields whatever it reads: all synthesised ones, enumerations of texts, and what
/// tells its schema (``SchemaType``). Optional fields are recorded to their full depth.
package enum SchemaRecorder {
    /// The schema of values of `type`.
    ///
    /// - Throws: ``SchemaError`` when the type asks for something that no schema can say, or documents fields that it does not ask for.
    package static func schema<T: Decodable>(of type: T.Type) throws -> JSONSchema {
        try record(type).schema
    }

    /// Decodes an invented value and tells its schema.
    static func record<T: Decodable>(_ type: T.Type) throws -> (value: T, schema: JSONSchema) {
        if let told = type as? any SchemaType.Type { return (try example(told), try told.schema) }
        if let enumeration = type as? any StringEnum.Type {
            return (try firstCase(enumeration), enumeration.enumSchema)
        }
        let decoder = RecordingDecoder(type: type)
        let value = try T(from: decoder)
        guard var schema = decoder.recording.schema else { throw SchemaError("\(type) asks for nothing") }
        if let documented = type as? any SchemaObject.Type { schema = try document(documented, schema) }
        return (value, schema)
    }

    private static func example<T>(_ type: any SchemaType.Type) throws -> T {
        guard let value = type.example as? T else { throw SchemaError("\(type) has an example of another type") }
        return value
    }

    private static func firstCase<T>(_ type: any StringEnum.Type) throws -> T {
        guard let value = type.firstCase as? T else { throw SchemaError("\(type) has no case") }
        return value
    }

    private static func document<T: SchemaObject>(_ type: T.Type, _ schema: JSONSchema) throws -> JSONSchema {
        guard case .object(var properties, var required) = schema.structure else {
            throw SchemaError("\(type) does not decode as an object")
        }
        let documented = Set(type.CodingKeys.allCases.map(\.stringValue))
        guard documented == Set(properties.keys) else {
            let difference = documented.symmetricDifference(properties.keys).sorted()
            throw SchemaError("\(type) documents other fields than it decodes: \(difference.joined(separator: ", "))")
        }
        for field in type.CodingKeys.allCases {
            properties[field.stringValue] = properties[field.stringValue].map(type.documentation(of: field).applied)
        }
        required.formUnion(type.requiredFields.map(\.stringValue))
        var result = schema
        result.structure = .object(properties: properties, required: required)
        result.exactlyOneOf = type.exactlyOneOf.map(\.stringValue)
        result.oneof = type.oneof.map(\.stringValue)
        return result
    }
}

import JSON

/// A type whose schema is not found by watching it decode, but told.
protocol SchemaType: Decodable {
    static var schema: JSONSchema { get throws }

    /// Any value of the type: what a recorded decode goes on with.
    static var example: Self { get }
}

extension String: SchemaType {
    static var schema: JSONSchema { JSONSchema(.string) }
    static var example: String { "" }
}

extension Bool: SchemaType {
    static var schema: JSONSchema { JSONSchema(.boolean) }
    static var example: Bool { false }
}

extension Double: SchemaType {
    static var schema: JSONSchema { JSONSchema(.number) }
    static var example: Double { 0 }
}

extension Int: SchemaType {
    static var schema: JSONSchema { JSONSchema(.integer) }
    static var example: Int { 0 }
}

extension Int64: SchemaType {
    static var schema: JSONSchema {
        var schema = JSONSchema(.integer)
        schema.format = "int64"
        return schema
    }
    static var example: Int64 { 0 }
}

extension JSONValue: SchemaType {
    static var schema: JSONSchema { JSONSchema(.anything) }
    static var example: JSONValue { [:] }
}

extension Dictionary: SchemaType where Key == String, Value: Codable {
    static var schema: JSONSchema {
        get throws { JSONSchema(.map(try SchemaRecorder.schema(of: Value.self))) }
    }
    static var example: [String: Value] { [:] }
}

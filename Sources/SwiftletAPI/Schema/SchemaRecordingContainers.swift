/// Notes the members that are asked for.
struct RecordingObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recording: SchemaRecording

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }

    /// Asked by every `decodeIfPresent` before it decodes, and by nothing that needs the field.
    func decodeNil(forKey key: Key) throws -> Bool {
        recording.markOptional(key.stringValue)
        return false
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let (value, schema) = try SchemaRecorder.record(type)
        try recording.add(key.stringValue, schema)
        return value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw SchemaError("\(key.stringValue) is decoded by a nested container")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaError("\(key.stringValue) is decoded by a nested container")
    }

    func superDecoder() throws -> any Decoder { throw SchemaError("classes have no schema") }

    func superDecoder(forKey key: Key) throws -> any Decoder { throw SchemaError("classes have no schema") }
}

/// Notes the type of elements; has exactly one.
struct RecordingArrayContainer: UnkeyedDecodingContainer {
    let recording: SchemaRecording

    private(set) var currentIndex = 0

    init(recording: SchemaRecording) { self.recording = recording }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (value, schema) = try SchemaRecorder.record(type)
        recording.set(JSONSchema(.array(schema)))
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        throw SchemaError("elements are decoded by a nested container")
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SchemaError("elements are decoded by a nested container")
    }

    mutating func superDecoder() throws -> any Decoder { throw SchemaError("classes have no schema") }
}

/// Notes the type that a value is decoded as.
struct RecordingValueContainer: SingleValueDecodingContainer {
    let type: any Any.Type
    let recording: SchemaRecording

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        // Scalars of the standard library decode as themselves: those that have no schema would never end.
        guard type != self.type else { throw SchemaError("\(type) has no schema") }
        let (value, schema) = try SchemaRecorder.record(type)
        recording.set(schema)
        return value
    }
}

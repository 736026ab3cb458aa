/// Notes the members that are asked for.
struct RecordingObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recording: SchemaRecording

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }

    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try note(type, key, isRequired: true)
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try note(type, key, isRequired: false)
    }

    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try note(type, key, isRequired: false)
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

    private func note<T: Decodable>(_ type: T.Type, _ key: Key, isRequired: Bool) throws -> T {
        let (value, schema) = try SchemaRecorder.record(type)
        try recording.add(key.stringValue, schema, isRequired: isRequired)
        return value
    }
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
    let recording: SchemaRecording

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (value, schema) = try SchemaRecorder.record(type)
        recording.set(schema)
        return value
    }
}

/// What one value was asked for.
final class SchemaRecording {
    private(set) var schema: JSONSchema?
    private var optional: Set<String> = []

    func openObject() {
        if schema == nil { schema = JSONSchema(.object(properties: [:], required: [])) }
    }

    func markOptional(_ name: String) { optional.insert(name) }

    func add(_ name: String, _ property: JSONSchema) throws {
        guard case .object(var properties, var required) = schema?.structure else {
            throw SchemaError("\(name) is asked of something that is no object")
        }
        properties[name] = property
        if !optional.contains(name) { required.insert(name) }
        schema?.structure = .object(properties: properties, required: required)
    }

    func set(_ schema: JSONSchema) { self.schema = schema }
}

/// The `Decoder` that a type is given to betray its fields.
struct RecordingDecoder: Decoder {
    let type: any Any.Type
    let recording = SchemaRecording()

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        recording.openObject()
        return KeyedDecodingContainer(RecordingObjectContainer(recording: recording))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { RecordingArrayContainer(recording: recording) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        RecordingValueContainer(type: type, recording: recording)
    }
}

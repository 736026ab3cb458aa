/// Writes the members of an object.
struct ObjectEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: ValueEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil(forKey key: Key) { encoder.node.set(.value(.null), forKey: key.stringValue) }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        encoder.node.set(.value(try child(key.stringValue).value(of: value)), forKey: key.stringValue)
    }

    /// Serves the protocol's requirements for `Bool`, `String` and every kind of number.
    func encode<T: JSONScalar>(_ scalar: T, forKey key: Key) throws {
        let value = try scalar.scalarValue ?? child(key.stringValue).value(of: scalar)
        encoder.node.set(.value(value), forKey: key.stringValue)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        nested(key.stringValue).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { nested("super") }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key.stringValue) }

    private func child(_ key: String) -> ValueEncoder { encoder.child(.key(key)) }

    private func nested(_ key: String) -> ValueEncoder {
        let child = child(key)
        encoder.node.set(.node(child.node), forKey: key)
        return child
    }
}

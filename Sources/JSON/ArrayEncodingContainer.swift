/// Writes the elements of an array.
struct ArrayEncodingContainer: UnkeyedEncodingContainer {
    let encoder: ValueEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { encoder.node.count }

    func encodeNil() { encoder.node.append(.value(.null)) }

    func encode<T: Encodable>(_ value: T) throws {
        encoder.node.append(.value(try child().value(of: value)))
    }

    /// Serves the protocol's requirements for `Bool`, `String` and every kind of number.
    func encode<T: JSONScalar>(_ scalar: T) throws {
        encoder.node.append(.value(try scalar.scalarValue ?? child().value(of: scalar)))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

    func superEncoder() -> any Encoder { nested() }

    private func child() -> ValueEncoder { encoder.child(.index(count)) }

    private func nested() -> ValueEncoder {
        let child = child()
        encoder.node.append(.node(child.node))
        return child
    }
}

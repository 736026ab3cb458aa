/// The `Encoder` of one value.
struct ValueEncoder: Encoder {
    let node = EncodedNode()
    let path: LinkedPath
    let userInfo: [CodingUserInfoKey: Any]

    init(path: LinkedPath, userInfo: [CodingUserInfoKey: Any]) {
        self.path = path
        self.userInfo = userInfo
    }

    var codingPath: [any CodingKey] { path.elements }

    func child(_ element: FieldPath.Element) -> ValueEncoder {
        ValueEncoder(path: .below(path, element), userInfo: userInfo)
    }

    /// Encodes the whole of `value`, to be called on a fresh encoder.
    func value<T: Encodable>(of value: T) throws -> JSONValue {
        if let value = value as? JSONValue { return value }
        try value.encode(to: self)
        return node.content.value
    }

    func value<T: JSONScalar>(of scalar: T) throws -> JSONValue {
        if let value = scalar.scalarValue { return value }
        let context = EncodingError.Context(codingPath: codingPath, debugDescription: "\(scalar) has no JSON value")
        throw EncodingError.invalidValue(scalar, context)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        // A second container of the same value adds to the first.
        if case .object = node.content {} else { node.content = .object([:]) }
        return KeyedEncodingContainer(ObjectEncodingContainer(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = node.content {} else { node.content = .array([]) }
        return ArrayEncodingContainer(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension ValueEncoder: SingleValueEncodingContainer {
    func encodeNil() { node.content = .value(.null) }

    func encode<T: Encodable>(_ value: T) throws {
        node.content = .value(try ValueEncoder(path: path, userInfo: userInfo).value(of: value))
    }

    /// Serves the protocol's requirements for `Bool`, `String` and every kind of number.
    func encode<T: JSONScalar>(_ scalar: T) throws {
        node.content = .value(try value(of: scalar))
    }
}

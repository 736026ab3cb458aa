/// The `Decoder` of one value.
struct ValueDecoder: Decoder {
    let value: JSONValue
    let path: LinkedPath
    let userInfo: [CodingUserInfoKey: Any]
    let usage: FieldUsage?

    init(_ value: JSONValue, userInfo: [CodingUserInfoKey: Any], usage: FieldUsage?) {
        self.init(value, path: .root, userInfo: userInfo, usage: usage)
    }

    private init(_ value: JSONValue, path: LinkedPath, userInfo: [CodingUserInfoKey: Any], usage: FieldUsage?) {
        self.value = value
        self.path = path
        self.userInfo = userInfo
        self.usage = usage
    }

    var codingPath: [any CodingKey] { path.elements }

    /// The decoder of a value inside this one.
    func child(_ value: JSONValue, _ element: FieldPath.Element) -> ValueDecoder {
        ValueDecoder(value, path: .below(path, element), userInfo: userInfo, usage: usage?.child(element))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch([String: JSONValue].self, "object") }
        usage?.openObject()
        return KeyedDecodingContainer(ObjectDecodingContainer(decoder: self, members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch([JSONValue].self, "array") }
        return ArrayDecodingContainer(decoder: self, elements: elements)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    private func mismatch(_ type: any Any.Type, _ expected: String) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath,
            debugDescription: "expected \(expected), found \(value.typeName)"
        )
        return value.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}

extension ValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value.isNull }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if T.self == JSONValue.self, let whole = value as? T {
            usage?.takeWhole()
            return whole
        }
        return try T(from: self)
    }

    /// Serves the protocol's requirements for `Bool`, `String` and every kind of number.
    func decode<T: JSONScalar>(_ type: T.Type) throws -> T {
        do {
            return try T(scalar: value)
        } catch .typeMismatch {
            throw mismatch(type, T.typeName)
        } catch .outOfRange {
            let context = DecodingError.Context(
                codingPath: codingPath,
                debugDescription: "\(value.encodedText()) does not fit \(type)"
            )
            throw DecodingError.dataCorrupted(context)
        }
    }
}

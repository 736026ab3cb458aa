/// The members of an object, asked for by key.
struct ObjectDecodingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: ValueDecoder
    let members: [String: JSONValue]

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        members.keys.compactMap { name in
            let key = Key(stringValue: name)
            if key != nil { decoder.usage?.request(name) }
            return key
        }
    }

    func contains(_ key: Key) -> Bool { member(key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try required(key).isNull }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try child(key).decode(type)
    }

    /// Serves the protocol's requirements for `Bool`, `String` and every kind of number.
    func decode<T: JSONScalar>(_ type: T.Type, forKey key: Key) throws -> T {
        // The common case makes neither a path nor a decoder.
        if let member = member(key), let value = try? T(scalar: member) { return value }
        return try child(key).decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try child(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        decoder.usage?.request("super")
        return decoder.child(members["super"] ?? .null, "super")
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        decoder.child(member(key) ?? .null, .key(key.stringValue))
    }

    private func member(_ key: Key) -> JSONValue? {
        decoder.usage?.request(key.stringValue)
        return members[key.stringValue]
    }

    private func required(_ key: Key) throws -> JSONValue {
        if let member = member(key) { return member }
        throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "Required value"))
    }

    private func child(_ key: Key) throws -> ValueDecoder {
        decoder.child(try required(key), .key(key.stringValue))
    }
}

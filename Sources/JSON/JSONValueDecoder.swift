/// Makes `Decodable` types from ``JSONValue``s, with no bytes in between.
///
/// Integers are exact: a number that does not fit the type, or has a fraction, is refused. `null` and a missing member are both `nil`
/// to `decodeIfPresent`. A member of type ``JSONValue`` is handed over as it is. Errors are `DecodingError`s with the whole coding path;
/// `DecodingError.fieldPath` prints it.
package struct JSONValueDecoder: Sendable {
    package var userInfo: [CodingUserInfoKey: any Sendable]

    package init(userInfo: [CodingUserInfoKey: any Sendable] = [:]) {
        self.userInfo = userInfo
    }

    package func decode<T: Decodable>(_ type: T.Type, from value: JSONValue) throws -> T {
        try ValueDecoder(value, userInfo: userInfo, usage: nil).decode(type)
    }

    /// Decodes and also tells the members of the input that the type never asked for, as the API server's strict field validation does:
    /// a misspelt field is otherwise silently dropped. Whatever is decoded as ``JSONValue`` has no unknown members.
    package func decodeReportingUnknownFields<T: Decodable>(
        _ type: T.Type,
        from value: JSONValue
    ) throws -> (value: T, unknownFields: [FieldPath]) {
        let usage = FieldUsage()
        let decoded = try ValueDecoder(value, userInfo: userInfo, usage: usage).decode(type)
        return (decoded, usage.unknownFields(in: value))
    }
}

extension JSONValue {
    /// This value as another type; errors are those of ``JSONValueDecoder``.
    package func decode<T: Decodable>(as type: T.Type = T.self) throws -> T {
        try JSONValueDecoder().decode(type, from: self)
    }
}

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
        if let whole = value as? T, T.self == JSONValue.self {
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

/// A coding path that is extended without copying.
indirect enum LinkedPath {
    case root
    case below(LinkedPath, FieldPath.Element)

    var elements: [FieldPath.Element] {
        var elements: [FieldPath.Element] = []
        var path = self
        while case .below(let parent, let element) = path {
            elements.append(element)
            path = parent
        }
        return elements.reversed()
    }
}

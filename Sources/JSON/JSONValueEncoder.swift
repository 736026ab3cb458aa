/// Makes ``JSONValue``s from `Encodable` types, with no bytes in between.
///
/// A member of type ``JSONValue`` is taken as it is. Integers above `Int64.max` and numbers that are not finite have no exact JSON value
/// here and are refused with `EncodingError.invalidValue`. `nil` members are left out where the type uses `encodeIfPresent`, as synthesised
/// code does.
package struct JSONValueEncoder: Sendable {
    package var userInfo: [CodingUserInfoKey: any Sendable]

    package init(userInfo: [CodingUserInfoKey: any Sendable] = [:]) {
        self.userInfo = userInfo
    }

    package func encode(_ value: some Encodable) throws -> JSONValue {
        try ValueEncoder(path: .root, userInfo: userInfo).value(of: value)
    }
}

extension JSONValue {
    /// The JSON value of another type; errors are those of ``JSONValueEncoder``.
    package init(encoding value: some Encodable) throws {
        self = try JSONValueEncoder().encode(value)
    }
}

/// What an encoder has written so far. A reference, because containers may be filled in any order.
final class EncodedNode {
    enum Content {
        case empty
        case value(JSONValue)
        case array([Content])
        case object([String: Content])
        /// A nested container that may still be written to.
        case node(EncodedNode)

        var value: JSONValue {
            switch self {
            case .empty: .object([:])
            case .value(let value): value
            case .array(let elements): .array(elements.map(\.value))
            case .object(let members): .object(members.mapValues(\.value))
            case .node(let node): node.content.value
            }
        }
    }

    var content = Content.empty

    func set(_ content: Content, forKey key: String) {
        var members: [String: Content] = if case .object(let members) = self.content { members } else { [:] }
        self.content = .empty  // Gives up this copy of the storage, so that the change happens in place.
        members[key] = content
        self.content = .object(members)
    }

    func append(_ content: Content) {
        var elements: [Content] = if case .array(let elements) = self.content { elements } else { [] }
        self.content = .empty
        elements.append(content)
        self.content = .array(elements)
    }

    var count: Int {
        if case .array(let elements) = content { elements.count } else { 0 }
    }
}

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

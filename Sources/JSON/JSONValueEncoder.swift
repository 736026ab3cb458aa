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

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

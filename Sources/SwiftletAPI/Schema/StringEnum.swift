import JSON

/// An enumeration that manifests write as one of a few texts.
///
/// Any other text is refused with the list of those that are allowed.
package protocol StringEnum: RawRepresentable, CaseIterable, Codable, Hashable, Sendable where RawValue == String {}

extension StringEnum {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(rawValue: text) else {
            let allowed = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "\"\(text)\" is not one of \(allowed)"
            )
        }
        self = value
    }

    /// The schema: a text that is one of the cases, in their order.
    static var enumSchema: JSONSchema {
        var schema = JSONSchema(.string)
        schema.enumeration = allCases.map(\.rawValue)
        return schema
    }

    static var firstCase: Self? { allCases.first }
}

import JSON

/// A value that stands where a manifest says nothing.
package protocol DefaultValue: Sendable {
    associatedtype Value: Codable, Hashable, Sendable

    static var value: Value { get }

    /// Whether the schema states the default, so that the API server writes it into stored objects. Otherwise only a decode fills it in.
    static var isStatedInSchema: Bool { get }
}

extension DefaultValue {
    package static var isStatedInSchema: Bool { true }
}

/// A field that is never missing once it was decoded: `@Default<Port> var port: Int`.
///
/// The one statement of the default, for decoding, for `init` and for the schema. A `null` counts as missing.
@propertyWrapper
package struct Default<Provider: DefaultValue>: Hashable, Sendable {
    package var wrappedValue: Provider.Value

    package init() { wrappedValue = Provider.value }

    package init(wrappedValue: Provider.Value) { self.wrappedValue = wrappedValue }
}

extension Default: Codable {
    package init(from decoder: any Decoder) throws {
        wrappedValue = try Provider.Value(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try wrappedValue.encode(to: encoder)
    }
}

extension Default: SchemaType {
    static var schema: JSONSchema {
        get throws {
            var schema = try SchemaRecorder.schema(of: Provider.Value.self)
            if Provider.isStatedInSchema { schema.defaultValue = try JSONValue(encoding: Provider.value) }
            return schema
        }
    }

    static var example: Default { Default() }
}

extension KeyedDecodingContainer {
    /// What synthesised `init(from:)`s call for a `@Default` field.
    package func decode<Provider>(
        _ type: Default<Provider>.Type,
        forKey key: Key
    ) throws -> Default<Provider> {
        try decodeIfPresent(type, forKey: key) ?? Default()
    }
}

/// Defaults that several structs share.
package enum Defaults {
    package enum False: DefaultValue { package static let value = false }
    package enum True: DefaultValue { package static let value = true }
    package enum Zero: DefaultValue { package static let value = 0 }
    package enum EmptyText: DefaultValue { package static let value = "" }

    /// The same default, left out of the schema.
    ///
    /// Needed inside lists: what the server fills in there makes each client-side `kubectl apply` of an unchanged manifest a write, because
    /// a merge patch replaces lists whole. Needed for a status: the server must not make it up.
    package enum Unstated<Provider: DefaultValue>: DefaultValue {
        package static var value: Provider.Value { Provider.value }
        package static var isStatedInSchema: Bool { false }
    }

    /// For a list that may be left out.
    package enum NoElements<Element: Codable & Hashable & Sendable>: DefaultValue {
        package static var value: [Element] { [] }
        package static var isStatedInSchema: Bool { false }
    }
    /// For a map that may be left out.
    package enum NoMembers: DefaultValue {
        package static let value: [String: String] = [:]
        package static let isStatedInSchema = false
    }
}

/// A standard type that is made from one JSON value without a container.
protocol JSONScalar: Codable {
    /// The word of ``JSONValue/typeName`` that this type is written as.
    static var typeName: String { get }

    /// - Throws: ``JSONScalarError`` when the value is of another type or out of range.
    init(scalar value: JSONValue) throws(JSONScalarError)

    /// `nil` when no JSON number says exactly this.
    var scalarValue: JSONValue? { get }
}

enum JSONScalarError: Error {
    case typeMismatch
    case outOfRange
}

extension Bool: JSONScalar {
    static var typeName: String { "boolean" }

    init(scalar value: JSONValue) throws(JSONScalarError) {
        guard case .bool(let value) = value else { throw .typeMismatch }
        self = value
    }

    var scalarValue: JSONValue? { .bool(self) }
}

extension String: JSONScalar {
    static var typeName: String { "string" }

    init(scalar value: JSONValue) throws(JSONScalarError) {
        guard case .string(let value) = value else { throw .typeMismatch }
        self = value
    }

    var scalarValue: JSONValue? { .string(self) }
}

extension JSONScalar where Self: BinaryFloatingPoint {
    static var typeName: String { "number" }

    init(scalar value: JSONValue) throws(JSONScalarError) {
        guard let number = value.doubleValue else { throw .typeMismatch }
        self = Self(number)
        guard isFinite else { throw .outOfRange }
    }

    var scalarValue: JSONValue? { isFinite ? .double(Double(self)) : nil }
}

extension Double: JSONScalar {}
extension Float: JSONScalar {}

extension JSONScalar where Self: FixedWidthInteger {
    static var typeName: String { "integer" }

    init(scalar value: JSONValue) throws(JSONScalarError) {
        let exact: Self?
        switch value {
        case .int(let value): exact = Self(exactly: value)
        case .double(let value) where value == value.rounded(): exact = Self(exactly: value)
        default: throw .typeMismatch
        }
        guard let exact else { throw .outOfRange }
        self = exact
    }

    var scalarValue: JSONValue? { Int64(exactly: self).map(JSONValue.int) }
}

extension Int: JSONScalar {}
extension Int8: JSONScalar {}
extension Int16: JSONScalar {}
extension Int32: JSONScalar {}
extension Int64: JSONScalar {}
extension UInt: JSONScalar {}
extension UInt8: JSONScalar {}
extension UInt16: JSONScalar {}
extension UInt32: JSONScalar {}
extension UInt64: JSONScalar {}

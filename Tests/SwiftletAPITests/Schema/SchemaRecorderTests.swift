import JSON
import Testing

@testable import SwiftletAPI

struct SchemaRecorderTests {
    private enum Colour: String, StringEnum { case red, green }

    private struct Inner: Codable {
        var flag: Bool
        var number: Double?
    }

    private struct Outer: Codable {
        var text: String
        var count: Int?
        var big: Int64
        var colour: Colour?
        var inner: Inner?
        var inners: [Inner]
        var byName: [String: Inner]
        var nested: [[String]]?
        var anything: JSONValue?
        var either: IntOrString
        var size: ResourceQuantity?
    }

    private func properties(_ schema: JSONSchema) throws -> [String: JSONSchema] {
        guard case .object(let properties, _) = schema.structure else { throw SchemaError("no object") }
        return properties
    }

    @Test func `Types of fields follow from what is decoded`() throws {
        let properties = try properties(SchemaRecorder.schema(of: Outer.self))
        let inner = JSONSchema.Structure.object(
            properties: ["flag": JSONSchema(.boolean), "number": JSONSchema(.number)],
            required: ["flag"]
        )
        #expect(properties["text"]?.structure == .string)
        #expect(properties["count"]?.structure == .integer)
        #expect(properties["big"]?.format == "int64")
        #expect(properties["colour"]?.enumeration == ["red", "green"])
        #expect(properties["inner"]?.structure == inner)
        #expect(properties["inners"]?.structure == .array(JSONSchema(inner)))
        #expect(properties["byName"]?.structure == .map(JSONSchema(inner)))
        #expect(properties["nested"]?.structure == .array(JSONSchema(.array(JSONSchema(.string)))))
        #expect(properties["anything"]?.structure == .anything)
        #expect(properties["either"]?.structure == .intOrString)
        #expect(properties["size"]?.pattern == ResourceQuantity.pattern)
    }

    @Test func `Fields that are not optional are required`() throws {
        guard case .object(_, let required) = try SchemaRecorder.schema(of: Outer.self).structure else {
            Issue.record("no object")
            return
        }
        #expect(required == ["text", "big", "inners", "byName", "either"])
    }

    private struct WithByte: Codable { var byte: UInt8 }

    @Test func `A scalar that has no schema is refused`() {
        #expect(throws: SchemaError("UInt8 has no schema")) { try SchemaRecorder.schema(of: WithByte.self) }
    }

    private struct WithDefaults: Codable {
        enum Three: DefaultValue { static let value = 3 }
        enum Hidden: DefaultValue {
            static let value = "x"
            static let isStatedInSchema = false
        }
        @Default<Three> var stated: Int
        @Default<Hidden> var hidden: String
    }

    @Test func `A default makes a field optional and is stated unless it is hidden`() throws {
        let schema = try SchemaRecorder.schema(of: WithDefaults.self)
        let properties = try properties(schema)
        #expect(properties["stated"]?.defaultValue == 3)
        #expect(properties["hidden"]?.defaultValue == nil)
        #expect(schema.json["required"] == nil)
    }

    @Test(arguments: [#"{}"#, #"{"stated":null,"hidden":null}"#])
    func `Missing and null fields decode to their default`(_ text: String) throws {
        let value = try JSONValue(parsing: text).decode(as: WithDefaults.self)
        #expect(value.stated == 3)
        #expect(value.hidden == "x")
    }

    private struct Misdocumented: SchemaObject {
        var present: String

        enum CodingKeys: String, CodingKey, CaseIterable { case present, absent }

        init(from decoder: any Decoder) throws {
            present = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .present)
        }

        func encode(to encoder: any Encoder) throws {}

        static func documentation(of field: CodingKeys) -> FieldDocumentation { FieldDocumentation("A field.") }
    }

    @Test func `Documentation of a field that is not decoded is refused`() {
        #expect(throws: SchemaError.self) { try SchemaRecorder.schema(of: Misdocumented.self) }
    }

    private struct Choice: SchemaObject {
        var left: Int?
        var right: Int?

        enum CodingKeys: String, CodingKey, CaseIterable { case left, right }
        static var exactlyOneOf: [CodingKeys] { [.left, .right] }

        static func documentation(of field: CodingKeys) -> FieldDocumentation {
            switch field {
            case .left: FieldDocumentation("Left.").range(1...5)
            case .right: FieldDocumentation("Right.")
            }
        }
    }

    @Test func `Documentation, limits and choices end up in the schema`() throws {
        let json = try SchemaRecorder.schema(of: Choice.self).json
        #expect(
            json[path: "properties", "left"]
                == ["type": "integer", "description": "Left.", "minimum": 1, "maximum": 5]
        )
        #expect(json["oneOf"] == [["required": ["left"]], ["required": ["right"]]])
    }

    @Test func `An unknown text for an enumeration is refused with those that are known`() {
        #expect {
            try JSONValue.string("blue").decode(as: Colour.self)
        } throws: { error in
            (error as? DecodingError)?.fieldMessage == #""blue" is not one of "red", "green""#
        }
    }
}

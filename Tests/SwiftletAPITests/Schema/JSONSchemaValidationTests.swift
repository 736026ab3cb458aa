import JSON
import Testing

@testable import SwiftletAPI

struct JSONSchemaValidationTests {
    private static let schema: JSONSchema = {
        var port = JSONSchema(.integer, description: "Port.")
        port.minimum = 1
        port.maximum = 9
        var path = JSONSchema(.string, description: "Starts with a slash.")
        path.pattern = "^/"
        var defaulted = JSONSchema(.boolean)
        defaulted.defaultValue = false
        var choice = JSONSchema.object("", ["a": JSONSchema(.string), "b": JSONSchema(.string)])
        choice.exactlyOneOf = ["a", "b"]
        var image = JSONSchema(.string, description: "The image.")
        image.minLength = 1
        image.maxLength = 5
        var modes = JSONSchema(.array(JSONSchema(.string)))
        modes.minItems = 1
        modes.listType = .set
        return .object(
            "",
            required: ["webServerImage"],
            [
                "webServerImage": image, "port": port, "path": path, "defaulted": defaulted, "choice": choice,
                "modes": modes,
                "kind": .text("", oneOf: ["Small", "Large"]),
                "labels": .map(""),
                "size": .quantity("Size, such as 10Gi."),
                "ratio": JSONSchema(.number),
                "free": JSONSchema(.anything),
                "items": .list(
                    "",
                    .object("", required: ["name"], ["name": JSONSchema(.string)]),
                    .map(keys: ["name"])
                ),
            ]
        )
    }()

    @Test(arguments: [
        #"{"webServerImage":"a"}"#,
        #"{"webServerImage":"a","port":9,"path":"/x","defaulted":null,"choice":{"b":""},"modes":["x","y"],"kind":"Large"}"#,
        #"{"webServerImage":"a","labels":{"a":"b"},"size":5,"ratio":1.5,"free":{"x":[1]},"items":[{"name":"a"},{"name":"b"}]}"#,
        #"{"webServerImage":"a","size":"1.5Gi","ratio":2,"port":3.0,"free":null}"#,
    ])
    func `What the schema allows is allowed`(_ text: String) throws {
        #expect(try Self.schema.check(JSONValue(parsing: text)).isEmpty)
    }

    @Test(arguments: [
        (#"{}"#, "webServerImage: is required: The image."),
        (#"[]"#, "must be an object, not a list"),
        (#"{"webServerImage":""}"#, "webServerImage: must not be empty"),
        (#"{"webServerImage":"abcdef"}"#, "webServerImage: must have at most 5 characters"),
        (#"{"webServerImage":7}"#, "webServerImage: must be a text, not 7: put it in quotes"),
        (#"{"webServerImage":null}"#, "webServerImage: is required: The image."),
        (#"{"webServerImage":"a","modes":[null]}"#, "modes[0]: must not be null: give a value or leave it out"),
        (#"{"webServerImage":"a","port":"8"}"#, "port: must be an integer, not \"8\": write it without quotes"),
        (#"{"webServerImage":"a","port":1.5}"#, "port: must be an integer, not 1.5"),
        (#"{"webServerImage":"a","port":0}"#, "port: 0 is not allowed: must be from 1 to 9"),
        (#"{"webServerImage":"a","path":"x"}"#, "path: \"x\" is not allowed: Starts with a slash."),
        (
            #"{"webServerImage":"a","defaulted":"true"}"#,
            "defaulted: must be true or false, not \"true\": write it without quotes"
        ),
        (#"{"webServerImage":"a","choice":{}}"#, "choice: needs one of a, b"),
        (#"{"webServerImage":"a","choice":{"a":"","b":""}}"#, "choice: has a and b: only one of a, b is possible"),
        (#"{"webServerImage":"a","modes":[]}"#, "modes: must have at least 1 element"),
        (#"{"webServerImage":"a","modes":["x","y","x"]}"#, "modes[2]: \"x\" is there twice, first in element 0"),
        (#"{"webServerImage":"a","kind":"small"}"#, "kind: \"small\" is not supported: did you mean \"Small\"?"),
        (#"{"webServerImage":"a","kind":"?"}"#, "kind: \"?\" is not supported: use one of \"Small\", \"Large\""),
        (#"{"webServerImage":"a","labels":{"v":1.0}}"#, "labels.v: must be a text, not 1: put it in quotes"),
        (#"{"webServerImage":"a","size":"1Gb"}"#, "size: \"1Gb\" is not allowed: Size, such as 10Gi."),
        (#"{"webServerImage":"a","size":0.5}"#, "size: must be an integer or a text, not 0.5: put it in quotes"),
        (
            #"{"webServerImage":"a","items":[{"name":"x"},{"name":"x"}]}"#,
            "items[1]: \"x\" is there twice, first in element 0"
        ),
        (
            #"{"webServerImage":"a","items":[{"nam":"x"}]}"#,
            "items[0].name: is required: see the documentation of the field"
        ),
        (#"{"webServerImage":"a","webServerImag":"x"}"#, "webServerImag: is unknown: did you mean webServerImage?"),
        (#"{"webServerImage":"a","image":"x"}"#, "image: is unknown: did you mean webServerImage?"),
        (#"{"webServerImage":"a","b":"x"}"#, "b: is unknown: did you mean choice.b?"),
    ])
    func `What the schema excludes is told with what would be right`(_ text: String, _ expected: String) throws {
        #expect(try Self.schema.check(JSONValue(parsing: text)).first?.description == expected)
    }

    @Test func `All errors are told, not only the first`() throws {
        let errors = try Self.schema.check(["port": 0, "path": "x", "extra": 1])
        #expect(errors.map(\.path.description) == ["webServerImage", "extra", "path", "port"])
    }

    @Test func `An unknown field that is like no other comes with the list of all`() throws {
        let errors = try JSONSchema.object("", ["b": JSONSchema(.string), "a": JSONSchema(.string)]).check([
            "zzzzzzz": 1
        ])
        #expect(errors.first?.message == "is unknown: there are a, b")
    }
}

import JSON
import Testing

struct JSONWriterTests {
    @Test func keysAreSortedSoThatEqualValuesGiveEqualBytes() {
        let value: JSONValue = ["b": 1, "a": ["z": .null, "é": true, "aa": 1.5]]
        #expect(value.encodedText() == #"{"a":{"aa":1.5,"z":null,"é":true},"b":1}"#)
    }

    @Test func escapesWhatMustBeEscapedAndNothingElse() throws {
        let text = "\"\\/\n\r\t\u{1}é\u{2028}"
        let encoded = JSONValue.string(text).encodedText()
        #expect(encoded == "\"\\\"\\\\/\\n\\r\\t\\u0001é\u{2028}\"")
        #expect(try JSONValue(parsing: encoded) == .string(text))
    }

    @Test func prettyTextIndentsByFour() {
        #expect(
            JSONValue.object(["a": [1, [:]], "b": []]).prettyText()
                == "{\n    \"a\": [\n        1,\n        {}\n    ],\n    \"b\": []\n}"
        )
    }

    @Test func settingAMemberReplacesAddsAndRemoves() {
        var value: JSONValue = ["a": 1]
        value["b"] = 2
        value["a"] = nil
        value[path: "c", "d"] = true
        #expect(value == ["b": 2, "c": ["d": true]])
        #expect(value[path: "c", "d"] == true)
        #expect(value[path: "b", "d"] == nil)
    }
}

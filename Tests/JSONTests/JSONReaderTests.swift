import JSON
import Testing

struct JSONReaderTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", true), ("[1,-2,0]", [1, -2, 0]), ("1.0", .double(1)),
            ("1e3", .double(1000)),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("\"a\\u00e9\\ud83d\\ude00\\n\"", "aé😀\n"),
            ("{\"a\":{\"b\":[{}]},\"a\":2}", ["a": 2]), (" [ ] ", []), ("\"\u{2028}\"", "\u{2028}"),
        ] as [(String, JSONValue)]
    )
    func readsValues(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(
        arguments: [
            "", " ", "{", "[1", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "[1 2]", "01", "-", "1.", "1e", "+1", ".5",
            "tru", "nul",
            "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"a\nb\"", "1e999", "{} {}",
            "]", ",", "NaN",
        ]
    )
    func refusesWhatIsNotJSON(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func refusesInvalidUTF8() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test func refusesDeepNestingInsteadOfOverflowingTheStack() {
        let bomb = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect { try JSONValue(parsing: bomb) } throws: { ($0 as? JSONError)?.code == .tooDeep }
        var reader = JSONReader(bomb)
        #expect { try reader.skipValue() } throws: { ($0 as? JSONError)?.code == .tooDeep }
    }

    @Test func buildsNoMoreValuesThanItIsToldTo() throws {
        let bytes = Array(#"{"a":[1,{}],"b":null}"#.utf8)
        #expect(try JSONValue(parsing: bytes, maximumValues: 5)["a"]?.arrayValue?.count == 2)
        #expect { try JSONValue(parsing: bytes, maximumValues: 4) } throws: { ($0 as? JSONError)?.code == .tooMany }
        // What is skipped costs nothing.
        var reader = JSONReader(bytes, maximumValues: 0)
        #expect(try reader.skipValue() == bytes.indices)
    }

    @Test func everyTruncationOfADocumentIsAnError() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,false,null,"x\u00e9\\"],"b":{"c":{}}}"#.utf8)
        _ = try JSONValue(parsing: text)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<length])) }
            var reader = JSONReader(text, in: 0..<length)
            #expect(throws: JSONError.self) { try reader.skipValue() }
        }
    }

    @Test func aProjectionReadsOnlyWhatItNames() throws {
        var reader = JSONReader(Array(#"{"skip":{"x":[1,{"y":"]}"}]},"name":"n","more":[],"count":3}"#.utf8))
        var name: String?
        var count: Int64?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.readString()
            case "count": count = try reader.readInt()
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        #expect(name == "n")
        #expect(count == 3)
    }

    @Test func skippingTellsTheRangeOfTheValue() throws {
        let bytes = Array(#"{"spec": {"a":[1,2]} ,"x":1}"#.utf8)
        var reader = JSONReader(bytes)
        try reader.beginObject()
        _ = try reader.nextKey()
        #expect(String(decoding: bytes[try reader.skipValue()], as: UTF8.self) == #"{"a":[1,2]}"#)
        #expect(try reader.nextKey() == "x")
    }

    @Test(arguments: [("readInt", "\"1\""), ("readString", "1"), ("readBool", "null"), ("beginObject", "[]")])
    func anotherTypeThanAskedForIsAMismatch(method: String, text: String) {
        var reader = JSONReader(Array(text.utf8))
        #expect {
            switch method {
            case "readInt": _ = try reader.readInt()
            case "readString": _ = try reader.readString()
            case "readBool": _ = try reader.readBool()
            default: try reader.beginObject()
            }
        } throws: { ($0 as? JSONError)?.code == .typeMismatch }
    }

    /// Strings are scanned eight bytes at a time: every special byte has to be found at every place of a word.
    @Test func everyLengthAndPlaceOfASpecialByteIsFound() throws {
        for length in 0..<24 {
            let plain = String(repeating: "é", count: length / 2) + String(repeating: "a", count: length % 2)
            #expect(try JSONValue(parsing: "\"\(plain)\"") == .string(plain))
            for place in 0...length {
                var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: length)
                bytes.insert(contentsOf: Array("\\n".utf8), at: place)
                let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
                var expected = String(repeating: "x", count: length)
                expected.insert("\n", at: expected.index(expected.startIndex, offsetBy: place))
                #expect(try JSONValue(parsing: text) == .string(expected))
                var reader = JSONReader([UInt8(ascii: "[")] + text + [UInt8(ascii: "]")])
                #expect(try reader.skipValue().count == text.count + 2)
                var broken = text
                broken[place + 1] = 0x1F
                #expect(throws: JSONError.self) { try JSONValue(parsing: broken) }
                broken[place + 1] = UInt8(ascii: "\"")
                #expect(throws: JSONError.self) { try JSONValue(parsing: broken) }
            }
        }
    }
}

import JSON
import Testing
import YAML

@Suite struct YAMLErrorTests {
    @Test(
        arguments: [
            ("a: b: c", "1:5", .syntax, "mapping values are not allowed in this context"),
            (
                "spec:\n\ta: 1", "2:1", .syntax,
                "a tab where YAML wants spaces while scanning for the next token"
            ),
            (
                "a: [1,\n  2\nb: 3", "3:2", .syntax,
                "did not find expected ',' or ']' while parsing a flow sequence that starts on line 1"
            ),
            ("a: 1\n b: 2", "2:3", .syntax, "mapping values are not allowed in this context"),
            (
                "a: \"x\n", "2:1", .syntax,
                "found unexpected end of stream while scanning a quoted scalar that starts on line 1"
            ),
            ("a: @x", "1:4", .syntax, "found character that cannot start any token while scanning for the next token"),
            ("a: \"\\q\"", "1:5", .syntax, "found unknown escape character while parsing a quoted scalar"),
            ("a: b\nc: \u{7}", "2:4", .encoding, "control characters are not allowed"),
            ("a: 1\nb: 2\n\n  é: *no", "4:4", .syntax, "mapping values are not allowed in this context"),
            ("a: 1\né: *no", "2:4", .invalidAlias, "no anchor 'no' before this alias"),
            ("a: &x\n  b: *x", "2:6", .invalidAlias, "anchor 'x' contains itself"),
            ("a: &x [1, [*x]]", "1:12", .invalidAlias, "anchor 'x' contains itself"),
            ("a: &x 1\n---\nb: *x", "3:4", .invalidAlias, "no anchor 'x' before this alias"),
            ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3", "5:3", .duplicateKey, "key 'c' is already given on line 3"),
            ("y: 1\n\"true\": 2", "2:1", .duplicateKey, "key 'true' is already given on line 1"),
            ("1: 1\n0x1: 2", "2:1", .duplicateKey, "key '1' is already given on line 1"),
            ("{\"a\": 1,\n \"a\": 2}", "2:2", .duplicateKey, "key 'a' is already given on line 1"),
            ("a: 1\n<<: 2", "2:1", .invalidMerge, "'<<' takes a mapping or a sequence of mappings"),
            ("<<: [{a: 1}, 2]", "1:1", .invalidMerge, "'<<' takes a mapping or a sequence of mappings"),
            ("a: .nan", "1:4", .invalidScalar, "JSON has no .nan"),
            ("a: 1\n---\nb: [\n  c, !!int x]", "4:6", .invalidScalar, "'x' is no !!int"),
            (
                "{\"a\": 1,\n  \"b\": \"tru}\n", "3:1", .syntax,
                "found unexpected end of stream while scanning a quoted scalar that starts on line 2"
            ),
            (
                "{\"a\": 1,\n  \"b\": [tru}\n", "2:12", .syntax,
                "did not find expected ',' or ']' while parsing a flow sequence"
            ),
            ("{\"a\": \"\\ud83d\"}", "1:10", .encoding, "an unpaired surrogate"),
        ] as [(String, String, YAMLError.Code, String)]
    )
    func `errors name the place`(text: String, place: String, code: YAMLError.Code, message: String) throws {
        let error = try #require(throws: YAMLError.self) { try YAML.documents(Array(text.utf8), source: "f.yaml") }
        #expect(error.location?.description == place)
        #expect(error.code == code)
        if !message.isEmpty { #expect(error.message == message) }
        #expect(error.description == "f.yaml:\(place): \(error.message)")
    }

    @Test func `bytes that are no UTF-8 are named`() throws {
        let error = try #require(throws: YAMLError.self) {
            try YAML.documents(Array("a: é\nbé: ".utf8) + [0xFF, 0x0A], source: "f")
        }
        #expect(error.code == .encoding)
        #expect(error.location == YAMLLocation(line: 2, column: 5))
    }
}

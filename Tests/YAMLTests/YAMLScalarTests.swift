import JSON
import Testing

@testable import YAML

/// The tables are what kubectl 1.37 makes of each scalar.
@Suite struct YAMLScalarTests {
    private func read(_ scalar: String) throws -> JSONValue {
        let documents = try YAML.documents(Array("v: \(scalar)\n".utf8), source: "test")
        return try #require(documents.first?.value["v"])
    }

    @Test(
        arguments: [
            ("y Y yes Yes YES true True TRUE on On ON", true),
            ("n N no No NO false False FALSE off Off OFF", false),
            ("~ null Null NULL", .null),
            ("0 -0 +0 00 0_ 0. 0.0 .0 -0.0 0e0 00e1 1e-400", 0),
            (
                "0755 0o755 0O755 +0755 0x1ED 0X1ed 0b111101101 0B111101101 493 4_93 +493 0o7_55 493. 493.0 4.93e2 4_9_3",
                493
            ),
            ("-0755 -0o755 -0x1ED -0b111101101 -493 -4_93 -493.0", -493),
            ("8 08 8. 0x8 0b1000 0_8", 8),
            ("1_000 1e3 1E3 1e+3 1000. 1__000_ 01e3 1.e3", 1000),
            ("1.5 +1.5 01.5 1.5_ 1_.5 15e-1 0.15e+1", 1.5),
            (".5 0.5 +.5 .5_0 00.5 5e-1", 0.5),
            ("-.5 -0.5 -._5", -0.5),
            ("9223372036854775807 0x7FFFFFFFFFFFFFFF", 9_223_372_036_854_775_807),
            ("-9223372036854775808 -0x8000000000000000", -9_223_372_036_854_775_808),
            ("9223372036854775808 0x8000000000000000 +9223372036854775808", 9_223_372_036_854_775_808.0),
            (
                "18446744073709551615 18446744073709551616 0xFFFFFFFFFFFFFFFF 01777777777777777777777",
                18_446_744_073_709_551_616.0
            ),
            ("-9223372036854775809", -9_223_372_036_854_775_808),
            ("1e21 1_000_000_000_000_000_000_000", 1e21),
            ("1e3_0", 1e30),
            ("20200101", 20_200_101),
        ] as [(String, JSONValue)]
    )
    func `plain scalars mean what they mean to kubectl`(scalars: String, expected: JSONValue) throws {
        for scalar in scalars.split(separator: " ") {
            let value = try read(String(scalar))
            #expect(value == expected, "\(scalar)")
        }
        if expected.isNull { #expect(try read("") == .null) }
    }

    @Test(
        arguments: """
            yEs tRUE nULL 0o8 0xg 0b2 _1 0x 0b 0o -0x +-1 ++1 -- 0x1p4 0x10000000000000000 1e 1e400 -1e400 . .. .5. .e3 ._5 .5e \
            .5__0 .1_ .0x1p4 .inf1 +.inf1 100m 1Gi 1:30 190:20:30 12:30:45 1.2.3 1-2 2020-01-01 2020-01-01T00:00:00Z 2020-13-01 \
            = << nan inf NaN Infinity +Inf Inf nil none _ __ 0x1.8 1,000 1'0 a#b x:y 00x1 0x-1 0x+1 1e5.0 -. + 127.0.0.1
            """.split(separator: " ").map(String.init)
    )
    func `what only looks like a number or word is a string`(scalar: String) throws {
        #expect(try read(scalar) == .string(scalar))
    }

    @Test(
        arguments: [
            ("'yes'", "yes"), ("\"1\"", "1"), ("'~'", "~"), ("''", ""), ("|-\n  12", "12"),
            (">-\n  a\n  b\n\n  c", "a b\nc"),
            ("|\n  a\n\n   b\n\n", "a\n\n b\n"), ("|+\n  a\n", "a\n\n"),
            ("\"a\\tb\\x41\\u00e9\\U0001F600\\/\\0\\N\"", "a\tbAé😀/\0\u{85}"),
            ("\"a\n  b\"", "a b"), ("'it''s'", "it's"), ("a\n  b", "a b"), ("a #b", "a"),
        ] as [(String, JSONValue)]
    )
    func `quotes and blocks make strings`(scalar: String, expected: JSONValue) throws {
        #expect(try read(scalar) == expected)
        #expect(try read(scalar.replacing("\n", with: "\r\n")) == expected)
    }

    @Test(
        arguments: [
            ("!!str 1", "1"), ("!!str yes", "yes"), ("!!str", ""), ("!!str ~", "~"), ("!!int 1_0", 10),
            ("!!int '1'", 1),
            ("!!int 0b11", 3), ("!!float 1", 1), ("!!float '1.5'", 1.5), ("!!float 0x10", 16), ("!!bool on", true),
            ("!!bool 'true'", true), ("!!null ''", .null), ("!!binary aGVsbG8=", "hello"),
            ("!!binary |\n  aGVs\n  bG8=", "hello"),
            ("!!timestamp 2020-01-01", "2020-01-01"), ("!foo 1", "1"), ("!foo yes", "yes"), ("!!foo 12", "12"),
            ("!!merge <<", "<<"),
            ("!<tag:yaml.org,2002:int> 1", 1), ("!!set {a}", ["a": .null]), ("!!omap [a: 1]", [["a": 1]]),
            ("!!map [1]", [1]),
        ] as [(String, JSONValue)]
    )
    func `tags decide`(scalar: String, expected: JSONValue) throws {
        #expect(try read(scalar) == expected)
    }

    @Test(arguments: [
        ("!!int 1.0", "'1.0' is no !!int"), ("!!int a", "'a' is no !!int"), ("!!float a", "'a' is no !!float"),
        ("!!bool 1", "'1' is no !!bool"), ("!!null a", "'a' is no !!null"),
        ("!!timestamp abc", "'abc' is no !!timestamp"),
        ("!!float 2020-01-01", "'2020-01-01' is no !!float"),
        ("!!float 18446744073709551615", "'18446744073709551615' is no !!float"),
        ("!!binary '*'", "!!binary with invalid base64"), ("!!binary YWI", "!!binary with invalid base64"),
        ("!!binary gIGC", "!!binary that is not UTF-8: JSON cannot hold it"),
        (".nan", "JSON has no .nan"), ("-.INF", "JSON has no -.INF"), ("!!float .inf", "JSON has no .inf"),
    ])
    func `a scalar that JSON cannot hold is an error`(scalar: String, message: String) throws {
        let error = try #require(throws: YAMLError.self) { try read(scalar) }
        #expect("\(error)" == "test:1:4: \(message)")
        #expect(error.code == .invalidScalar)
    }

    @Test(arguments: [
        ("y", "true"), ("off", "false"), ("1", "1"), ("0x10", "16"), ("1_0", "10"), ("1.5", "1.5"), ("3.0", "3"),
        ("1e3", "1000"),
        ("0.1", "0.1"), ("123456.5", "123456.5"), ("123456789.123", "1.2345679e+08"), ("1e6", "1e+06"),
        ("1e20", "1e+20"),
        ("-2500000.0", "-2.5e+06"), ("1e-5", "1e-05"), ("0.0001", "0.0001"), (".inf", ".inf"), (".nan", ".nan"),
        ("2020-01-01", "2020-01-01"),
        ("'yes'", "yes"), ("!!str 1", "1"), ("!!binary aGk=", "hi"), ("", ""),
    ])
    func `keys become text`(key: String, expected: String) throws {
        let text = key.isEmpty ? "'': 1" : "\(key): 1"
        #expect(try YAML.documents(Array(text.utf8), source: "test").first?.value == [expected: 1])
    }

    @Test(arguments: ["~: 1", "? \n: 1", "null: 1", "18446744073709551615: 1", "[1]: 1", "{a: 1}: 1", "? {a: 1}\n: 2"])
    func `a key that has no text is an error`(text: String) throws {
        let error = try #require(throws: YAMLError.self) { try YAML.documents(Array(text.utf8), source: "test") }
        #expect(error.code == .invalidKey)
        #expect(error.line == 1)
    }
}

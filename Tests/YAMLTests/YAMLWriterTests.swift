import JSON
import Testing
import YAML

@Suite struct YAMLWriterTests {
    private func read(_ text: String) throws -> JSONValue {
        // A null document is left out, hence the sequence around it.
        let text = "- " + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
        return try YAML.documents(Array(text.utf8), source: "test")[0].value[0] ?? .null
    }

    @Test func `is laid out as kubectl does`() {
        let value: JSONValue = [
            "kind": "Service", "metadata": ["name": "web", "labels": ["app": "web"], "annotations": [:]],
            "spec": [
                "ports": [["port": 80, "name": "http"], ["port": 443]], "args": ["-c", "a: b"], "none": .null,
                "empty": [],
                "nested": [[1, 2], [], [["a": [true]]]], "weight": 0.5, "script": "#!/bin/sh\nset -e\n  echo hi\n",
            ],
        ]
        let expected = """
            kind: Service
            metadata:
              annotations: {}
              labels:
                app: web
              name: web
            spec:
              args:
              - -c
              - 'a: b'
              empty: []
              nested:
              - - 1
                - 2
              - []
              - - a:
                  - true
              none: null
              ports:
              - name: http
                port: 80
              - port: 443
              script: |
                #!/bin/sh
                set -e
                  echo hi
              weight: 0.5

            """
        #expect(YAML.text(value) == expected)
        #expect(YAML.text(documents: [value, "a"]) == expected + "---\na\n")
        #expect(YAML.text([]) == "[]\n")
        #expect(YAML.text([:]) == "{}\n")
        #expect(YAML.text(documents: []) == "")
    }

    @Test(arguments: [
        ("yes", "\"yes\""), ("1", "\"1\""), ("1:30", "\"1:30\""), ("a: b", "'a: b'"), ("", "\"\""),
        ("trail ", "'trail '"),
        ("x\ty", "\"x\\ty\""), ("#c", "'#c'"), ("a #b", "'a #b'"), ("a#b", "a#b"), ("2020-01-01", "\"2020-01-01\""),
        ("0o755", "\"0o755\""), ("0o8", "0o8"), ("~", "\"~\""), ("é😀", "é😀"), ("\u{7}", "\"\\x07\""),
        ("\u{2028}", "\"\\u2028\""),
        ("=", "="), ("-", "'-'"), ("- a", "'- a'"), ("-a", "-a"), ("?", "'?'"), ("?a", "?a"), ("a:", "'a:'"),
        ("a:b", "a:b"),
        ("@a", "'@a'"), ("'a'", "'''a'''"), ("\"a\"", "'\"a\"'"), ("a'b", "a'b"), ("{a", "'{a'"), ("a, b", "a, b"),
        ("---", "'---'"),
        ("...", "'...'"), ("100m", "100m"), ("a\\b", "a\\b"), ("nginx:1.27", "nginx:1.27"), ("<<", "\"<<\""),
        (".", "."),
        ("x \ny\n", "\"x \\ny\\n\""), ("x\r\ny\n", "\"x\\r\\ny\\n\""), ("\n", "\"\\n\""), ("x\n ", "\"x\\n \""),
        ("a\nb\n", "|\n  a\n  b"), ("a\nb", "|-\n  a\n  b"), ("a\n\n", "|+\n  a\n"), ("  a\nb\n", "|2\n    a\n  b"),
        ("\n\na\n", "|2\n\n\n  a"),
    ])
    func `strings are quoted where they would be read as something else`(string: String, expected: String) {
        #expect(YAML.text(.string(string)) == expected + "\n")
    }

    @Test(
        arguments: [
            (0, "0"), (-9_223_372_036_854_775_808, "-9223372036854775808"), (1.5, "1.5"), (1e21, "1e+21"), (3.0, "3"),
            (1e-7, "1e-07"),
            (true, "true"), (.null, "null"), (.double(.nan), "null"),
        ] as [(JSONValue, String)]
    )
    func `other scalars are as in JSON`(value: JSONValue, expected: String) {
        #expect(YAML.text(value) == expected + "\n")
    }

    @Test func `keys are in kubectl's order`() {
        let keys = ["<<", "=", "_a", "1", "1a", "2", "10", "A", "a", "a1", "a2", "a2b", "a02", "a10", "ab", "b", "é"]
        let value = JSONValue.object(Dictionary(uniqueKeysWithValues: keys.map { ($0, 1) }))
        let written = YAML.text(value).split(separator: "\n").map { $0.dropLast(3).filter { $0 != "\"" } }
        #expect(written == keys)
    }

    @Test func `keys of any length and content are read back`() throws {
        for key in [
            String(repeating: "k", count: 128), String(repeating: "k", count: 5000), "a\nb", "", "? x",
            String(repeating: "é\n", count: 900),
        ] {
            for value in [1, [1, [2]], ["b": "c\nd\n"], "c\nd\n", [:]] as [JSONValue] {
                let object: JSONValue = ["x": .object([key: value, "z": 1]), "y": [.object([key: value])]]
                #expect(try read(YAML.text(object)) == object)
            }
        }
    }

    @Test func `whatever is written is read back`() throws {
        var generator = SeededGenerator(seed: 20_26)
        for round in 0..<2000 {
            let value = generator.value(depth: 4)
            let text = YAML.text(value)
            let back = try YAML.documents(Array(text.utf8), source: "round \(round)").first?.value ?? .null
            try #require(back == value, "round \(round):\n\(text)")
            #expect(YAML.text(back) == text)
        }
    }

    @Test func `documents in a row are told apart again`() throws {
        var generator = SeededGenerator(seed: 7)
        for round in 0..<200 {
            let values = (0..<4).map { _ in generator.value(depth: 2) }.filter { !$0.isNull }
            let text = YAML.text(documents: values)
            try #require(
                try YAML.documents(Array(text.utf8), source: "round \(round)").map(\.value) == values,
                "\(text)"
            )
        }
    }
}

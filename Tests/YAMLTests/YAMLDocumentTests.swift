import JSON
import Testing
import YAML

@Suite struct YAMLDocumentTests {
    private func values(_ text: String) throws -> [JSONValue] {
        try YAML.documents(Array(text.utf8), source: "test").map(\.value)
    }

    // MARK: - Streams

    @Test func `documents are told apart and empty ones left out`() throws {
        #expect(try values("") == [])
        #expect(try values("# nothing\n---\n---\n# nothing\n...\n---\n~\n") == [])
        #expect(try values("--- # c\na: 1\n...\n---\nb: 2\n---\n- 1\n---\n") == [["a": 1], ["b": 2], [1]])
        #expect(try values("%YAML 1.1\n---\na: yes\n") == [["a": true]])
    }

    @Test func `every encoding that has a byte order mark is read`() throws {
        let text = "a: é😀\n"
        #expect(try values("\u{FEFF}" + text) == [["a": "é😀"]])
        let units = Array(("\u{FEFF}" + text).utf16)
        let little = units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let big = units.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        for bytes in [little, big] {
            #expect(try YAML.documents(bytes, source: "test").map(\.value) == [["a": "é😀"]])
        }
    }

    @Test(
        arguments: [
            (
                "{\n\t\"a\": [1,\t2.5, \"\\u0041\\/\\ud83d\\ude00\", -0, 1E+2, null, true],\n\t\"b\": {}\n}\n",
                [["a": [1, 2.5, "A/😀", 0, 100.0, .null, true], "b": [:]]]
            ),
            ("{\"a\":1}{\"a\":2}\n{\"a\":3}", [["a": 1], ["a": 2], ["a": 3]]),
            ("{\"a\":1}\n---\n{\"a\":2}\n---\n", [["a": 1], ["a": 2]]),
            ("{\"a\":1}\n---\nb: yes\n", [["a": 1], ["b": true]]),
            ("{a: yes, b: [x, y]}", [["a": true, "b": ["x", true]]]),
            ("# comment\n{\"a\": \"b\"}", [["a": "b"]]),
            ("[{\"a\": 1}]", [[["a": 1]]]),
        ] as [(String, [JSONValue])]
    )
    func `JSON is read`(text: String, expected: [JSONValue]) throws {
        #expect(try values(text) == expected)
    }

    // MARK: - Anchors and merge keys

    @Test(
        arguments: [
            ("a: &x 1\nb: *x\nc: &x [2]\nd: *x", ["a": 1, "b": 1, "c": [2], "d": [2]]),
            ("&k key: v\no: *k", ["key": "v", "o": "key"]),
            ("a: &k b\n*k : c", ["a": "b", "b": "c"]),
            ("x: &a {p: 1, q: 2}\nz:\n  <<: *a\n  p: 3", ["x": ["p": 1, "q": 2], "z": ["p": 3, "q": 2]]),
            ("x: &a {p: 1, q: 2}\nz:\n  p: 3\n  <<: *a", ["x": ["p": 1, "q": 2], "z": ["p": 1, "q": 2]]),
            ("<<: [{a: 1}, {a: 2, b: 3}]", ["a": 1, "b": 3]),
            ("<<: {a: 1, <<: {c: 4}}", ["a": 1, "c": 4]),
            ("<<: {a: 1}\n<<: {a: 2}", ["a": 2]),
            ("<<: {a: {k: 1}}\na: {l: 2}", ["a": ["l": 2]]),
            ("'<<': {a: 1}", ["<<": ["a": 1]]),
            ("!!str <<: {a: 1}", ["<<": ["a": 1]]),
            ("!!merge <<: {a: 1}", ["a": 1]),
        ] as [(String, JSONValue)]
    )
    func `aliases and merge keys are expanded as kubectl does`(text: String, expected: JSONValue) throws {
        #expect(try values(text) == [expected])
    }

    // MARK: - Places

    private let sample = """
        # A comment.
        ---
        kind: WebServer
        spec:
          base: &base
            image: nginx
          replicas: two
          tls:
          - secretName: a
          -   secretName: b
              hosts: [x, "é", z]
          merged:
            <<: *base
            port: 80
          alias: *base
        """

    @Test(
        arguments: [
            ([], "3:1"), (["kind"], "3:1"), (["spec"], "4:1"), (["spec", "replicas"], "7:3"), (["spec", "tls"], "8:3"),
            (["spec", "tls", 0], "9:5"), (["spec", "tls", 1, "secretName"], "10:7"),
            (["spec", "tls", 1, "hosts", 2], "11:23"),
            (["spec", "merged", "image"], "6:5"), (["spec", "merged", "port"], "14:5"), (["spec", "alias"], "15:3"),
            (["spec", "alias", "image"], "6:5"), (["spec", "missing", "deeper"], "4:1"), (["spec", "tls", 7], "8:3"),
            (["kind", "no", "object"], "3:1"),
        ] as [(FieldPath, String)]
    )
    func `every field has a place`(path: FieldPath, expected: String) throws {
        let document = try #require(try YAML.documents(Array(sample.utf8), source: "test").first)
        #expect("\(document.location(of: path))" == expected)
        #expect(document.startLine == 3)
    }

    @Test func `fields of JSON have places too`() throws {
        let text = "{\n  \"a\": 1,\n  \"é\" : [\n    {\"b\": 1}, \"é\", {\"c\": 2} ]}{\"d\": 1}"
        let documents = try YAML.documents(Array(text.utf8), source: "test")
        #expect("\(documents[0].location(of: ["a"]))" == "2:3")
        #expect("\(documents[0].location(of: ["é"]))" == "3:3")
        #expect("\(documents[0].location(of: ["é", 0]))" == "4:5")
        #expect("\(documents[0].location(of: ["é", 2, "c"]))" == "4:21")
        #expect("\(documents[1].location(of: ["d"]))" == "4:32")
    }

    // MARK: - Decoding

    struct Server: Decodable {
        struct Spec: Decodable { var replicas: Int }
        var kind: String
        var spec: Spec
    }

    @Test func `decoding names file, line, column and field`() throws {
        let error = try #require(throws: YAMLError.self) {
            try YAML.decode(Server.self, from: Array(sample.utf8), source: "dir/a.yaml")
        }
        #expect("\(error)" == "dir/a.yaml:7:3: spec.replicas: expected integer, found string")
        #expect(
            try YAML.decode(Server.self, from: Array("kind: a\nspec: {replicas: 0x10}".utf8), source: "b").spec.replicas
                == 16
        )
        let missing = try #require(throws: YAMLError.self) {
            try YAML.decode(Server.self, from: Array("kind: a\nspec:\n  replica: 1".utf8), source: "c")
        }
        #expect("\(missing)" == "c:2:1: spec.replicas: Required value")
    }

    @Test func `decoding wants exactly one document`() throws {
        let none = try #require(throws: YAMLError.self) { try YAML.decode(Server.self, from: [], source: "a") }
        #expect("\(none)" == "a: no document")
        let two = try #require(throws: YAMLError.self) {
            try YAML.decode(Server.self, from: Array("a: 1\n---\nb: 1".utf8), source: "a")
        }
        #expect("\(two)" == "a:3:1: one document expected, found 2")
    }
}

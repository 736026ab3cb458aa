import JSON
import Testing
import YAML

/// Marks, separators and ends of documents as kubectl 1.37 reads them (`kubectl label --local -f`).
@Suite struct ByteOrderMarkTests {
    private static let mark = "\u{FEFF}"

    @Test(
        arguments: [
            ("at the start", "\(mark)a: 1\n", [["a": 1]]),
            ("at a later document", "a: 1\n---\n\(mark)b: 2\n", [["a": 1], ["b": 2]]),
            ("at every document", "\(mark)a: 1\n---\n\(mark)b: 2\n---\n\(mark)c: 3\n", [["a": 1], ["b": 2], ["c": 3]]),
            ("before the first ---", "\(mark)---\na: 1\n", [["a": 1]]),
            ("twice at the start", "\(mark)\(mark)a: 1\n", [["a": 1]]),
            ("before JSON", "\(mark){\"a\": 1}", [["a": 1]]),
            ("before JSON in a later document", "a: 1\n---\n\(mark){\"b\": 2}\n", [["a": 1], ["b": 2]]),
            ("behind CRLF", "a: 1\r\n---\r\n\(mark)b: 2\r\n", [["a": 1], ["b": 2]]),
            ("behind a separator with a comment", "a: 1\n--- # next\n\(mark)b: 2\n", [["a": 1], ["b": 2]]),
            ("behind a separator with white space", "a: 1\n--- \t\n\(mark)b: 2\n", [["a": 1], ["b": 2]]),
            ("before a comment", "a: 1\n---\n\(mark)# c\nb: 2\n", [["a": 1], ["b": 2]]),
            ("alone", "a: 1\n---\n\(mark)", [["a": 1]]),
            ("within a text", "a: \"x\(mark)\"\n", [["a": "x\u{FEFF}"]]),
        ] as [(String, String, [JSONValue])]
    )
    func marksAreLeftOut(name: String, text: String, expected: [JSONValue]) throws {
        #expect(try YAML.documents(Array(text.utf8), source: "t").map(\.value) == expected)
    }

    @Test(arguments: ["a: 1\n\(mark)---\nb: 2\n", "a: 1\n\(mark)b: 2\n"])
    func aMarkAnywhereElseIsNoYAML(text: String) {
        #expect(throws: YAMLError.self) { try YAML.documents(Array(text.utf8), source: "t") }
    }

    @Test(
        arguments: [
            ("an end", "a: 1\n...\n", [["a": 1]]),
            ("a separator behind an end", "a: 1\n...\n---\nb: 2\n", [["a": 1], ["b": 2]]),
            ("a separator with a comment", "a: 1\n--- # next\nb: 2\n", [["a": 1], ["b": 2]]),
            ("a separator with spaces", "a: 1\n---  \nb: 2\n", [["a": 1], ["b": 2]]),
            ("a separator with a tab", "a: 1\n---\t\nb: 2\n", [["a": 1], ["b": 2]]),
            ("a separator at the end", "---\na: 1\n---", [["a": 1]]),
            ("empty documents", "---\n---\n# c\n---\na: 1\n---\n", [["a": 1]]),
            ("comments alone", "# nothing\n", []),
            ("nothing", "", []),
            ("null", "null\n---\na: 1\n", [["a": 1]]),
            ("a tilde", "~\n---\na: 1\n", [["a": 1]]),
            ("CRLF", "a: 1\r\n---\r\nb: 2\r\n", [["a": 1], ["b": 2]]),
            ("no line break at the end", "a: 1", [["a": 1]]),
            ("JSON values in a row", "{\"a\": 1}\n{\"b\": 2}\n", [["a": 1], ["b": 2]]),
            ("JSON values with a separator", "{\"a\": 1}\n---\n{\"b\": 2}\n", [["a": 1], ["b": 2]]),
            ("JSON and YAML", "{\"a\": 1}\n---\nb: 2\n", [["a": 1], ["b": 2]]),
            ("YAML and JSON", "a: 1\n---\n{\"b\": 2}\n", [["a": 1], ["b": 2]]),
            ("a comment before JSON", "# c\n{\"a\": 1}", [["a": 1]]),
            ("spaces before JSON", "  \n {\"a\": 1}", [["a": 1]]),
            ("a separator in a block", "a: |\n  p\n  ---\n  q\n", [["a": "p\n---\nq\n"]]),
            ("a tab behind a colon", "a:\t1\n", [["a": 1]]),
            ("an empty value", "a:\n", [["a": .null]]),
            ("an empty text", "a: \"\"\n", [["a": ""]]),
            ("empty containers", "a: []\nb: {}\n", [["a": [], "b": [:]]]),
            ("a quoted number", "a: \"90\"\n", [["a": "90"]]),
            ("a quoted boolean", "a: \"true\"\n", [["a": "true"]]),
        ] as [(String, String, [JSONValue])]
    )
    func documentsAreToldApartAsByKubectl(name: String, text: String, expected: [JSONValue]) throws {
        #expect(try YAML.documents(Array(text.utf8), source: "t").map(\.value) == expected)
    }

    @Test(
        arguments: [
            ("a tab as indentation", "a:\n\tb: 1\n"), ("more behind an end", "a: 1\n...\nb: 2\n"),
            ("a NUL", "a: 1\n\0"), ("a form feed", "a: 1\n\u{C}"),
            ("a no-break space", "a:\u{A0}1\nb: 2\n"), ("a zero-width space", "a: {b: c}\u{200B}\n"),
            ("an alias of another document", "a: &n 1\n---\nb: *n\n"),
            ("another version of YAML", "%YAML 2.0\n---\na: 1\n"),
            ("an unclosed quote over a separator", "a: \"p\n---\n q\"\n"),
        ]
    )
    func whatKubectlRefusesIsRefused(name: String, text: String) {
        #expect(throws: YAMLError.self) { try YAML.documents(Array(text.utf8), source: "t") }
    }

    @Test(
        arguments: [
            ("one document", "a: 1\n", ["a": 1]),
            ("a second one", "a: 1\n---\nb: 2\n", ["a": 1]),
            ("garbage behind it", "a: 1\n---\n{[}\n", ["a": 1]),
            ("an end and more", "a: 1\n...\nb: 2\n", ["a": 1]),
            ("a separator before it", "---\na: 1\n", ["a": 1]),
            ("a comment and a separator before it", "# c\n---\na: 1\n", ["a": 1]),
            ("an empty one before it", "---\n---\na: 1\n", nil),
            ("a key given twice", "a: 1\na: 2\n", ["a": 2]),
            ("JSON", "{\"a\": \"\\ud83d\\ude00\"}", ["a": "😀"]),
            ("JSON with a key given twice", "{\"a\": 1, \"a\": 2}", ["a": 2]),
            ("nothing", "", nil), ("null", "null\n", nil),
        ] as [(String, String, JSONValue?)]
    )
    func theFirstDocumentOfAFileThatIsOne(name: String, text: String, expected: JSONValue?) throws {
        #expect(try YAML.firstDocument(Array(text.utf8), source: "t")?.value == expected)
    }
}

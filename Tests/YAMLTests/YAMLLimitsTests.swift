import JSON
import Testing
import YAML

@Suite struct YAMLLimitsTests {
    /// The error that reading `text` gives, and that it comes at once.
    private func failure(_ text: String, limits: YAMLLimits = .default) throws -> YAMLError {
        var error: YAMLError?
        let elapsed = ContinuousClock().measure {
            error = #expect(throws: YAMLError.self) {
                try YAML.documents(Array(text.utf8), source: "bomb", limits: limits)
            }
        }
        #expect(elapsed < .seconds(5))
        return try #require(error)
    }

    @Test(arguments: ["[", "{a: ", "{\"a\":", "- ", "? ", "{? ", "[\n", "!!x [", "&a ["])
    func `a million openings are too deep`(opening: String) throws {
        let error = try failure(String(repeating: opening, count: 1_000_000 / opening.utf8.count))
        #expect([.limitExceeded, .syntax, .invalidKey].contains(error.code))
        #expect(error.location.map { $0 < YAMLLocation(line: 2000, column: 10_000) } == true)
    }

    @Test func `depth counts what aliases bring`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        let limits = YAMLLimits(depth: 10)
        #expect(try YAML.documents(Array(nested(10).utf8), source: "", limits: limits).count == 1)
        #expect(try failure(nested(11), limits: limits).message == "nested deeper than 10 levels")
        #expect(
            try YAML.documents(Array("a: &a \(nested(6))\nb: [[[*a]]]".utf8), source: "", limits: limits).count == 1
        )
        #expect(
            try failure("a: &a \(nested(7))\nb: [[[*a]]]", limits: limits).message == "nested deeper than 10 levels"
        )
        let json = "{\"a\":" + nested(10) + "}"
        #expect(try failure(json, limits: limits).message == "nested deeper than 10 levels")
        #expect(YAMLLimits(depth: .max).depth == JSONReader.maximumDepth)
    }

    @Test func `a chain of aliases cannot grow without bounds`() throws {
        var laughs = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for (name, previous) in zip("bcdefghi", "abcdefgh") {
            laughs += "\(name): &\(name) [" + Array(repeating: "*\(previous)", count: 9).joined(separator: ", ") + "]\n"
        }
        let error = try failure(laughs)
        #expect(error.code == .limitExceeded)
        #expect(error.message == "aliases expand to too much")
        #expect(error.line == 5)
    }

    @Test func `merge keys count as aliases`() throws {
        var laughs = "a: &a {k: v}\n"
        for (name, previous) in zip("bcdefghi", "abcdefgh") {
            laughs += "\(name): &\(name)\n"
            for index in 0..<9 { laughs += "  k\(index):\n    <<: *\(previous)\n" }
        }
        #expect(try failure(laughs).message == "aliases expand to too much")
    }

    @Test func `one large text cannot be multiplied`() throws {
        let text =
            "a: &a " + String(repeating: "x", count: 100_000) + "\nb:\n" + String(repeating: "- *a\n", count: 20_000)
        #expect(try failure(text).message == "aliases expand to too much")
    }

    @Test func `heavy but honest use of anchors works`() throws {
        let defaults = "d: &d {image: nginx, resources: {limits: {cpu: 1, memory: 1Gi}}, ports: [80, 443]}\n"
        let text = defaults + (0..<2000).map { "s\($0):\n  <<: *d\n  name: n\($0)\n" }.joined()
        let value = try YAML.documents(Array(text.utf8), source: "").first?.value
        #expect(value?[path: "s1999", "resources", "limits", "memory"] == "1Gi")
    }

    @Test func `size and number of documents are bounded`() throws {
        #expect(
            try failure("a: 12345", limits: YAMLLimits(bytes: 7)).description
                == "bomb: 8 bytes are more than the 7 allowed"
        )
        let error = try failure("a\n---\nb\n---\nc", limits: YAMLLimits(documents: 2))
        #expect(error.description == "bomb:4:1: more than 2 documents")
        #expect(try failure("{}{}{}", limits: YAMLLimits(documents: 2)).code == .limitExceeded)
    }

    @Test func `huge keys and scalars are just long`() throws {
        let long = String(repeating: "k", count: 500_000)
        #expect(
            try YAML.documents(Array("? \(long)\n: \(long)".utf8), source: "").first?.value
                == .object([long: .string(long)])
        )
        #expect(try failure("\(long): 1").code == .syntax)
        #expect(try failure("*\(long)").code == .invalidAlias)
    }

    private static let sample = """
        %YAML 1.1
        --- # kubeconfig
        apiVersion: v1
        kind: Config
        clusters: &c
        - cluster: {server: "https://[::1]:6443", certificate-authority-data: !!binary aGk=}
          name: 'it''s'
        contexts:
        - context: &ctx {user: é😀, "n\\u00e9": ~}
        - <<: *ctx
          ? complex
          : |2-
             literal

            text
        - >+
          folded
          text

        - *c
        ...
        ---
        {"json": ["a\\tb", 1e3, -0x1F, .5], yes: [on, 0o17]}
        """

    @Test func `a text cut anywhere is read or refused`() {
        let bytes = Array(Self.sample.utf8)
        #expect(throws: Never.self) { try YAML.documents(bytes, source: "") }
        for end in bytes.indices { attempt(Array(bytes[..<end])) }
        let json = Array("{\"a\": [1, 2.5, \"x\\ud83d\\ude00\", {\"b\": null}], \"c\": true}\n---\n{}".utf8)
        for end in json.indices { attempt(Array(json[..<end])) }
    }

    @Test func `a text with random changes is read or refused`() {
        var generator = SeededGenerator(seed: 99)
        let original = Array(Self.sample.utf8)
        for _ in 0..<1000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[position] = .random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: position)
                case 2:
                    bytes.insert(Array("[]{}&*!|>'\"%@:-?,# \t\n".utf8).randomElement(using: &generator)!, at: position)
                default:
                    let other = Int.random(in: position..<bytes.count, using: &generator)
                    bytes.insert(contentsOf: Array(bytes[position..<min(other, position + 20)]), at: other)
                }
            }
            attempt(bytes)
        }
    }

    /// Reads, and checks that a result can be written and read again, and that an error has a place within the text.
    private func attempt(_ bytes: [UInt8]) {
        do throws(YAMLError) {
            let values = try YAML.documents(bytes, source: "").map(\.value)
            let text = YAML.text(documents: values)
            #expect(try YAML.documents(Array(text.utf8), source: "").map(\.value) == values, "\(text)")
        } catch {
            let lines = bytes.count { $0 == 0x0A || $0 == 0x0D || $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 } + 2
            #expect(error.location.map { (1...lines).contains($0.line) && $0.column >= 1 } ?? true, "\(error)")
        }
    }
}

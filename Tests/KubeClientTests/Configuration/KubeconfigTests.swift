import JSON
import Testing

@testable import KubeClient

@Suite struct KubeconfigTests {
    @Test("An empty file is an empty kubeconfig", arguments: ["", "---\n", "# nothing\n", "{}"])
    func emptyFile(text: String) throws {
        let kubeconfig = try Kubeconfig(parsing: Array(text.utf8), file: "/f")
        #expect(kubeconfig.contexts.isEmpty)
        #expect(kubeconfig.currentContext == nil)
    }

    @Test("Fields that are null or empty count as missing, unknown ones are ignored")
    func missingFields() throws {
        let text = """
            preferences: {colors: true}
            current-context: ""
            clusters: null
            users:
            - name: u
              user: {token: "", username: null, future: [1]}
            - name: v
            """
        let kubeconfig = try Kubeconfig(parsing: Array(text.utf8), file: "/f")
        #expect(kubeconfig.currentContext == nil)
        #expect(kubeconfig.users["u"]?.token == nil)
        #expect(kubeconfig.users.keys.sorted() == ["u", "v"])
    }

    @Test(
        "A field of the wrong type is an error at its place",
        arguments: [
            (
                "users:\n- name: u\n  user:\n    token: 123\n", "/f:4:5",
                "user \"u\": token: expected a string, found integer"
            ),
            ("users: 5\n", "/f:1:1", "users: expected a list, found integer"),
            ("users:\n- x\n", "/f:2:3", "expected an object, found string"),
            ("users:\n- name: u\n  user: [a]\n", "/f:3:3", "user: expected an object, found array"),
            (
                "clusters:\n- name: c\n  cluster:\n    insecure-skip-tls-verify: \"no\"\n", "/f:4:5",
                "insecure-skip-tls-verify: expected true or false, found string"
            ),
            (
                "clusters:\n- name: c\n  cluster:\n    certificate-authority-data: '*'\n", "/f:4:5",
                "cluster \"c\": certificate-authority-data: not base64"
            ),
            ("users:\n- name: u\n  user:\n    as-groups: [a, 1]\n", "/f:4:5", "as-groups: expected a list of strings"),
            ("kind: Pod\n", "/f:1:1", "\"Pod\" is no kubeconfig"),
            ("apiVersion: v2\n", "/f:1:1", "expected v1"),
            ("- a\n", "/f:1:1", "expected an object, found array"),
            ("users:\n- {name: u}\n- {name: u}\n", "/f:3:3", "users has two entries of the name \"u\""),
            ("a: [\n", "/f:2:1", ""),
        ]
    )
    func wrongTypes(text: String, location: String, message: String) {
        let error = configurationError { try Kubeconfig(parsing: Array(text.utf8), file: "/f") }
        #expect(error?.code == .malformed)
        #expect(error?.location == location)
        if !message.isEmpty { #expect(error?.message.contains(message) == true, "\(error?.message ?? "")") }
    }

    @Test("A file that is too large, too deep or a billion laughs is refused at once")
    func hostileFiles() {
        let huge = Array("a: \"".utf8) + Array(repeating: UInt8(ascii: "x"), count: 40 << 20) + Array("\"".utf8)
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        var laughs = "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
        for level in 1...20 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
            laughs += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let start = ContinuousClock.now
        for bytes in [huge, deep, Array(laughs.utf8)] {
            let error = configurationError { try Kubeconfig(parsing: bytes, file: "/f") }
            #expect(error?.code == .malformed)
        }
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("Of merged files the first to name an entry decides all of it, and the first current-context counts")
    func merging() throws {
        var merged = try Kubeconfig(
            parsing: Array(
                """
                users:
                - name: red
                  user: {username: one}
                contexts:
                - {name: a, context: {cluster: one}}
                """.utf8
            ),
            file: "/1"
        )
        merged.merge(
            try Kubeconfig(
                parsing: Array(
                    """
                    current-context: a
                    users:
                    - name: red
                      user: {username: two, password: secret}
                    - name: blue
                      user: {token: t}
                    contexts:
                    - {name: a, context: {cluster: two, user: blue}}
                    """.utf8
                ),
                file: "/2"
            )
        )
        merged.merge(try Kubeconfig(decoding: ["current-context": "b"], file: "/3"))
        #expect(merged.currentContext == "a")
        #expect(merged.users["red"]?.username == "one")
        #expect(merged.users["red"]?.password == nil)
        #expect(merged.users["blue"]?.token == "t")
        #expect(merged.contexts["a"]?.cluster == "one")
        #expect(merged.contexts["a"]?.user == nil)
    }
}

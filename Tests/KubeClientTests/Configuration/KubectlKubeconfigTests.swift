import Testing

@testable import KubeClient

/// Kubeconfigs as other tools leave them, and what kubectl 1.37 makes of them.
@Suite struct KubectlKubeconfigTests {
    private static let file = """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:1", insecure-skip-tls-verify: true}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x

        """

    private static func changed(_ old: String, _ new: String) -> String { file.replacing(old, with: new) }

    private static func cluster(_ more: String) -> String {
        changed("insecure-skip-tls-verify: true", more)
    }

    private static func user(_ user: String) -> String { changed("{token: t}", user) }

    /// base64 of a certificate's frame.
    private static let authority = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"

    /// As the value of a field, with this after its first twenty characters.
    private static func broken(by text: String) -> String {
        let field = "certificate-authority-data: \""
        return cluster(field + String(authority.prefix(20)) + text + String(authority.dropFirst(20)) + "\"")
    }

    private static let good: [(String, String)] = [
        ("as it should be", file),
        ("a second document", file + "---\napiVersion: v1\n"),
        ("another kubeconfig behind it", file + "---\n" + changed("current-context: x", "current-context: y")),
        ("garbage behind it", file + "---\n{[}\n"),
        ("an end and more", file + "...\nfoo: bar\n"),
        ("a separator before it", "---\n" + file),
        ("a comment and a separator before it", "# c\n---\n" + file),
        ("a separator behind it", file + "---\n"),
        ("a separator with a comment behind it", file + "--- # end\n"),
        ("a byte order mark", "\u{FEFF}" + file),
        ("CRLF", file.replacing("\n", with: "\r\n")),
        ("no kind", changed("kind: Config\n", "")),
        ("no apiVersion", changed("apiVersion: v1\n", "")),
        ("neither", changed("apiVersion: v1\nkind: Config\n", "")),
        ("an empty kind", changed("kind: Config", "kind: \"\"")),
        ("a key given twice", file + "current-context: x\n"),
        ("fields that nobody knows", file + "foo: bar\npreferences:\nextensions:\n"),
        ("a tab behind a colon", changed("current-context: x", "current-context:\tx")),
        ("yes for true", cluster("insecure-skip-tls-verify: yes")),
        (
            "authorities with line breaks",
            broken(by: "\\n")
        ),
        (
            "authorities with CRLF",
            broken(by: "\\r\\n")
        ),
        ("empty authorities", cluster("certificate-authority-data: \"\", insecure-skip-tls-verify: true")),
        ("authorities that are null", cluster("certificate-authority-data: , insecure-skip-tls-verify: true")),
        ("extensions that are null", cluster("extensions: , insecure-skip-tls-verify: true")),
        ("a user without a name", changed("users: [", "users: [{user: {token: z}}, ")),
        ("a user with an empty name", changed("users: [", "users: [{name: \"\", user: {token: z}}, ")),
        ("a server without its scheme", changed("https://127.0.0.1:1", "127.0.0.1:1")),
        ("an exec that is null", user("{token: t, exec: }")),
        ("an auth-provider that is null", user("{token: t, auth-provider: }")),
        ("groups that are null", user("{token: t, as-groups: }")),
        ("an exec beside the token", user("{token: t, exec: {command: never, apiVersion: x}}")),
        ("a token file that is not there", user("{token: t, tokenFile: nope}")),
        ("empty names of files", user("{token: t, tokenFile: '', client-certificate: '', client-key: ''}")),
        ("an empty proxy", cluster("proxy-url: '', tls-server-name: '', insecure-skip-tls-verify: true")),
        ("an empty namespace", changed("user: u}", "user: u, namespace: ''}")),
        ("a namespace that is null", changed("user: u}", "user: u, namespace: }")),
    ]

    @Test(arguments: good)
    func taken(name: String, text: String) async throws {
        let host = TestHost(files: ["/home/u/.kube/config": text], variables: ["HOME": "/home/u"])
        let configuration = try host.load()
        #expect(configuration.contextName == "x")
        #expect(configuration.namespace == "default")
        #expect(configuration.server.authority == "127.0.0.1:1")
        #expect(try await configuration.credentials.credentials().authorization == "Bearer t")
    }

    private static let bad: [(String, String, String)] = [
        ("another kind", changed("kind: Config", "kind: Foo"), "no kubeconfig"),
        ("another version", changed("apiVersion: v1", "apiVersion: v2"), "expected v1"),
        ("a list", "- a\n", "expected an object"),
        ("an entry twice", changed("contexts: [", "contexts: [{name: x, context: {cluster: c}}, "), "two entries"),
        (
            "a current-context that is a number", changed("current-context: x", "current-context: 5"),
            "expected a string"
        ),
        ("a quoted boolean", cluster("insecure-skip-tls-verify: \"true\""), "expected true or false"),
        (
            "authorities with a space",
            broken(by: " "),
            "not base64"
        ),
        ("authorities without their padding", cluster("certificate-authority-data: \"aGk\""), "not base64"),
        ("authorities that are none", cluster("certificate-authority-data: \"!!\""), "not base64"),
        ("a namespace that is a number", changed("user: u}", "user: u, namespace: 5}"), "expected a string"),
        (
            "a context that is not there", changed("current-context: x", "current-context: nope"),
            "there is no context"
        ),
        ("no current-context", changed("current-context: x\n", ""), "there is no current-context"),
        ("an empty document first", "---\n---\n" + file, "there is no current-context"),
        ("nothing", "", "there is no current-context"),
        ("comments alone", "# nothing\n", "there is no current-context"),
        ("names in another case", changed("current-context", "Current-Context"), "there is no current-context"),
        ("a token that is a number", user("{token: 5}"), "expected a string"),
        ("a token with a line break", user("{token: \"t\\n\"}"), "holds spaces, line breaks"),
        ("a token and a password", user("{token: t, username: a, password: b}"), "cannot be combined"),
        ("a token file that is not there, alone", user("{tokenFile: nope}"), "there is no file"),
        (
            "an exec of v1 without interactiveMode",
            user("{exec: {command: p, apiVersion: client.authentication.k8s.io/v1}}"), "interactiveMode"
        ),
        (
            "an exec with an empty interactiveMode",
            user("{exec: {command: p, apiVersion: client.authentication.k8s.io/v1, interactiveMode: ''}}"),
            "interactiveMode"
        ),
        (
            "an exec with interactiveMode in lower case",
            user("{exec: {command: p, apiVersion: client.authentication.k8s.io/v1, interactiveMode: never}}"),
            "interactiveMode"
        ),
        (
            "an exec without a command",
            user("{exec: {command: '', apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}"),
            "no command"
        ),
        (
            "an exec without apiVersion", user("{exec: {command: p, apiVersion: '', interactiveMode: Never}}"),
            "no apiVersion"
        ),
        (
            "an exec of v1alpha1",
            user("{exec: {command: p, apiVersion: client.authentication.k8s.io/v1alpha1, interactiveMode: Never}}"),
            "not supported"
        ),
        (
            "a variable without a name",
            user(
                "{exec: {command: p, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, env: [{value: x}]}}"
            ), "no name"
        ),
        (
            "a quoted provideClusterInfo",
            user(
                "{exec: {command: p, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, provideClusterInfo: 'true'}}"
            ),
            "expected true or false"
        ),
        ("groups without a user", user("{token: t, as-groups: [g]}"), "as-groups"),
    ]

    @Test(arguments: bad)
    func refused(name: String, text: String, message: String) {
        let host = TestHost(files: ["/home/u/.kube/config": text], variables: ["HOME": "/home/u"])
        #expect { try host.load() } throws: { "\($0)".contains(message) }
    }
}

import KubeModel
import Testing

@testable import KubeClient

/// What plugins answer, and what kubectl 1.37 makes of it. The plugin is said to speak v1.
@Suite struct ExecAnswerTests {
    private static let version = "client.authentication.k8s.io/v1"

    /// JSON of an answer, `nil` leaving a member out.
    private static func json(
        kind: String? = #""ExecCredential""#,
        version: String? = #""client.authentication.k8s.io/v1""#,
        status: String? = #"{"token":"tok"}"#,
        more: String = ""
    ) -> String {
        let members = [("kind", kind), ("apiVersion", version), ("status", status)].compactMap { name, value in
            value.map { "\"\(name)\":\($0)" }
        }
        return "{\(members.joined(separator: ","))\(more)}"
    }

    private static let yaml = "apiVersion: \(version)\nkind: ExecCredential\nstatus:\n  token: tok\n"

    private static let good: [(String, String)] = [
        ("JSON", json()),
        ("JSON over lines with CRLF", json().replacing(",", with: ",\r\n")),
        ("JSON behind a byte order mark", "\u{FEFF}\(json())"),
        ("YAML", yaml),
        ("YAML behind a byte order mark", "\u{FEFF}\(yaml)"),
        ("YAML behind a separator", "---\n\(yaml)"),
        ("YAML before another document", "\(yaml)---\nfoo: bar\n"),
        ("YAML with CRLF", yaml.replacing("\n", with: "\r\n")),
        ("YAML with a key given twice", "kind: ExecCredential\n\(yaml)"),
        ("no kind", json(kind: nil)),
        ("an empty kind", json(kind: #""""#)),
        ("a kind that is null", json(kind: "null")),
        (
            "empty certificates beside a token",
            json(status: #"{"token":"tok","clientCertificateData":"","clientKeyData":""}"#)
        ),
        (
            "certificates that are null",
            json(status: #"{"token":"tok","clientCertificateData":null,"clientKeyData":null}"#)
        ),
        ("an expiry that is null", json(status: #"{"token":"tok","expirationTimestamp":null}"#)),
        (
            "an expiry in another zone",
            json(status: #"{"token":"tok","expirationTimestamp":"2036-01-01T00:00:00+02:00"}"#)
        ),
        (
            "an expiry with a fraction",
            json(status: #"{"token":"tok","expirationTimestamp":"2036-01-01T00:00:00.123Z"}"#)
        ),
        ("an expiry in the past", json(status: #"{"token":"tok","expirationTimestamp":"2006-01-01T00:00:00Z"}"#)),
        ("fields that nobody knows", json(status: #"{"token":"tok","bar":2}"#, more: #","foo":1"#)),
        ("a spec that is null", json(more: #","spec":null"#)),
        ("a spec", json(more: #","spec":{"interactive":true}"#)),
        ("metadata that is null", json(more: #","metadata":null"#)),
        ("metadata with a time that is null", json(more: #","metadata":{"creationTimestamp":null}"#)),
    ]

    @Test(arguments: good)
    func taken(name: String, answer: String) throws {
        let credential = try ExecCredential(parsing: Array(answer.utf8), version: .v1)
        #expect(credential.credentials == Credentials(authorization: "Bearer tok"))
    }

    private static let bad: [(String, String, String)] = [
        ("another kind", json(kind: #""Pod""#), "is no ExecCredential object"),
        ("a kind that is a number", json(kind: "5"), "has a kind that is no string"),
        ("no apiVersion", json(version: nil), "has no apiVersion"),
        ("an empty apiVersion", json(version: #""""#), "has no apiVersion"),
        ("v1beta1", json(version: #""client.authentication.k8s.io/v1beta1""#), "has apiVersion client"),
        ("v1alpha1", json(version: #""client.authentication.k8s.io/v1alpha1""#), "has apiVersion client"),
        ("text before JSON", "Logged in\n\(json())", "is no ExecCredential object"),
        ("text before YAML", "Logged in\n\(yaml)", "is neither JSON nor YAML"),
        ("text behind JSON", "\(json())\nbye\n", "is not JSON"),
        ("two JSON values", "\(json())\(json())", "is not JSON"),
        ("nothing", "", "is no ExecCredential object"),
        ("null", "null", "is no ExecCredential object"),
        ("no status", json(status: nil), "has no status"),
        ("a status that is null", json(status: "null"), "has no status"),
        ("an empty status", json(status: "{}"), "has neither a token"),
        ("an empty token", json(status: #"{"token":""}"#), "has neither a token"),
        ("a token that is null", json(status: #"{"token":null}"#), "has neither a token"),
        ("a token that is a number", json(status: #"{"token":5}"#), "has a token that is no string"),
        (
            "a token of YAML that is a number", yaml.replacing("tok\n", with: "12345\n"),
            "has a token that is no string"
        ),
        ("a token with a line break", json(status: #"{"token":"tok\n"}"#), "has a token that holds"),
        ("a certificate alone", json(status: #"{"clientCertificateData":"x"}"#), "has only one of"),
        ("a key beside a token", json(status: #"{"token":"tok","clientKeyData":"x"}"#), "has only one of"),
        (
            "an empty expiry", json(status: #"{"token":"tok","expirationTimestamp":""}"#),
            "has an expirationTimestamp"
        ),
        (
            "an expiry in words", json(status: #"{"token":"tok","expirationTimestamp":"tomorrow"}"#),
            "has an expirationTimestamp"
        ),
        (
            "names in another case",
            #"{"APIVersion":"client.authentication.k8s.io/v1","Kind":"ExecCredential","Status":{"Token":"tok"}}"#,
            "has no apiVersion"
        ),
    ]

    @Test(arguments: bad)
    func refused(name: String, answer: String, reason: String) {
        #expect {
            try ExecCredential(parsing: Array(answer.utf8), version: .v1)
        } throws: { error in
            (error as? ExecCredential.Fault)?.reason.hasPrefix(reason) == true
        }
    }
}

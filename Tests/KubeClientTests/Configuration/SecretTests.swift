import Testing

@testable import KubeClient

/// Nothing that is printed, logged or dumped shows a secret.
@Suite struct SecretTests {
    private func texts(_ value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(reflecting: value), dumped]
    }

    private func expectNoSecret(_ value: Any, _ sourceLocation: SourceLocation = #_sourceLocation) {
        // 115, 101, 99 are the bytes of "sec", as a dumped byte array would show them.
        for text in texts(value) {
            #expect(!text.contains("secret"), "\(text)", sourceLocation: sourceLocation)
            #expect(!text.contains("115, 101, 99"), sourceLocation: sourceLocation)
            #expect(!text.contains("- 115\n"), sourceLocation: sourceLocation)
        }
    }

    @Test("Credentials show which parts are there, no more")
    func credentials() {
        let credentials = Credentials(
            authorization: "Bearer secret",
            clientCertificatePEM: Array("secret".utf8),
            clientKeyPEM: Array("secret".utf8)
        )
        expectNoSecret(credentials)
        expectNoSecret([credentials as Credentials?])
        expectNoSecret(StaticCredentialSource(credentials))
        #expect("\(credentials)" == "Credentials(authorization: Bearer <redacted>, client certificate: <redacted>)")
        #expect("\(Credentials.anonymous)" == "Credentials(anonymous)")
    }

    @Test(
        "A kubeconfig and what is made of it show none",
        arguments: [
            "token: secret", "username: u\npassword: secret",
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: c, interactiveMode: Never, provideClusterInfo: true, env: [{name: A, value: secret}]}",
        ]
    )
    func configuration(user: String) async throws {
        let text = Samples.kubeconfig(user: user, cluster: "proxy-url: http://u:secret@proxy:1")
        let kubeconfig = try Kubeconfig(parsing: Array(text.utf8), file: "/f")
        expectNoSecret(kubeconfig)
        expectNoSecret(try #require(kubeconfig.users["alice"]))
        let host = Samples.host(
            user: user,
            cluster: "proxy-url: http://u:secret@proxy:1",
            processes: .init([.token("secret")])
        )
        let configuration = try host.load()
        expectNoSecret(configuration)
        expectNoSecret(try await configuration.credentials.credentials())
        expectNoSecret(configuration)
        expectNoSecret(configuration.credentials)
        for command in host.processes.commands { expectNoSecret(command) }
    }

    @Test("What a decision about credentials, a plugin's answer and the environment hold is not shown")
    func parts() throws {
        let answer =
            #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"secret"}}"#
        expectNoSecret(try ExecCredential(parsing: Array(answer.utf8), version: .v1))
        expectNoSecret(CredentialCache.Decision.use(Credentials(authorization: "Bearer secret")))
        expectNoSecret(ProcessResult(status: .exited(0), standardOutput: Array("secret".utf8), standardError: []))
        expectNoSecret(TestHost(variables: ["A": "secret"]).environment)
        expectNoSecret(try ProxyURL(parsing: "http://u:secret@proxy:1"))
    }
}

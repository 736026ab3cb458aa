import Testing

@testable import KubeClient

@Suite struct FileCredentialSourceTests {
    @Test("A token file is read again once a minute has passed, not before")
    func rereading() async throws {
        let host = Samples.host(user: "tokenFile: /t", files: ["/t": " one\n"])
        let source = try host.load().credentials
        host.write("two", to: "/t")
        host.advance(bySeconds: 59)
        #expect(try await source.credentials().authorization == "Bearer one")
        #expect(host.reads(of: "/t") == 1)
        host.advance(bySeconds: 1)
        #expect(try await source.credentials().authorization == "Bearer two")
        #expect(try await source.credentials().authorization == "Bearer two")
        #expect(host.reads(of: "/t") == 2)
    }

    @Test("A refused token is read again at once, and only by the first of those who were refused")
    func refused() async throws {
        let host = Samples.host(user: "tokenFile: /t", files: ["/t": "one"])
        let source = try host.load().credentials
        let refused = try await source.credentials()
        host.write("two", to: "/t")
        for _ in 0..<100 {
            await source.invalidate(refused)
            #expect(try await source.credentials().authorization == "Bearer two")
        }
        #expect(host.reads(of: "/t") == 2)
    }

    @Test(
        "While a file is away, empty or damaged, what was read before stays in use",
        arguments: [nil, "", "a\nb", "\u{0}"]
    )
    func damaged(content: String?) async throws {
        let host = Samples.host(user: "tokenFile: /t", files: ["/t": "one"])
        let source = try host.load().credentials
        host.write(content, to: "/t")
        host.advance(bySeconds: 60)
        #expect(try await source.credentials().authorization == "Bearer one")
        #expect(host.warnings.count == 1)
        #expect(host.warnings.first?.contains("/t") == true)
        host.write("two", to: "/t")
        host.advance(bySeconds: 60)
        #expect(try await source.credentials().authorization == "Bearer two")
    }

    @Test("A token file goes before a token, and both must make sense at first")
    func tokenAndFile() async throws {
        let host = Samples.host(user: "token: fixed\ntokenFile: /t", files: ["/t": "read"])
        #expect(try await host.load().credentials.credentials().authorization == "Bearer read")
    }

    @Test(
        "A token is used until the file beside it can be read, as in kubectl",
        arguments: [
            ("token: inline\ntokenFile: /missing", "Bearer inline"),
            ("token: inline\ntokenFile: /empty", "Bearer inline"),
            ("token: inline\ntokenFile: /damaged", "Bearer inline"),
            ("token: inline\ntokenFile: /t", "Bearer read"),
            ("token: \"\"\ntokenFile: /t", "Bearer read"),
            ("token: inline\ntokenFile: \"\"", "Bearer inline"),
            ("token: inline\ntokenFile:", "Bearer inline"),
        ]
    )
    func tokenBesideFile(user: String, authorization: String) async throws {
        let host = Samples.host(user: user, files: ["/t": "read\n", "/empty": "\n", "/damaged": "a\nb"])
        #expect(try await host.load().credentials.credentials().authorization == authorization)
    }

    @Test("A file that appears later goes before the token, and what was read stays when it goes again")
    func fileThatComesAndGoes() async throws {
        let host = Samples.host(user: "token: inline\ntokenFile: /t")
        let source = try host.load().credentials
        #expect(try await source.credentials().authorization == "Bearer inline")
        host.write("read", to: "/t")
        host.advance(bySeconds: 60)
        #expect(try await source.credentials().authorization == "Bearer read")
        host.write(nil, to: "/t")
        host.advance(bySeconds: 60)
        #expect(try await source.credentials().authorization == "Bearer read")
    }

    @Test("A client certificate is read again together with its key")
    func certificate() async throws {
        let user = "client-certificate: crt\nclient-key: key"
        let host = Samples.host(
            user: user,
            files: ["/home/u/.kube/crt": Samples.certificate, "/home/u/.kube/key": Samples.key]
        )
        let source = try host.load().credentials
        #expect(try await source.credentials().clientCertificatePEM == Array(Samples.certificate.utf8))
        host.write(Samples.otherCertificate, to: "/home/u/.kube/crt")
        host.advance(bySeconds: 60)
        let fresh = try await source.credentials()
        #expect(fresh.clientCertificatePEM == Array(Samples.otherCertificate.utf8))
        #expect(fresh.clientKeyPEM == Array(Samples.key.utf8))
    }

    @Test(
        "Each kind of credentials becomes what is sent",
        arguments: [
            ("token: abc", "Bearer abc"),
            ("username: Aladdin\npassword: \"open sesame\"", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("username: Aladdin", "Basic QWxhZGRpbjo="),
            ("{}", nil),
            ("token: abc\nexec: {command: never-run}", "Bearer abc"),
        ] as [(String, String?)]
    )
    func kinds(user: String, authorization: String?) async throws {
        let host = Samples.host(user: user)
        #expect(try await host.load().credentials.credentials().authorization == authorization)
        #expect(host.processes.runs == 0)
    }

    @Test("Data goes before the file of the same field")
    func dataFirst() async throws {
        // base64 of "-----BEGIN CERTIFICATE-----" and of "-----BEGIN PRIVATE KEY-----"
        let user = """
            client-certificate: /missing
            client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t
            client-key: /missing
            client-key-data: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t
            """
        let credentials = try await Samples.host(user: user).load().credentials.credentials()
        #expect(credentials.clientCertificatePEM == Array("-----BEGIN CERTIFICATE-----".utf8))
        #expect(credentials.clientKeyPEM == Array("-----BEGIN PRIVATE KEY-----".utf8))
    }

    @Test(
        "A user that makes no sense is an error that names the field and never a secret",
        arguments: [
            ("token: \"secret\\nX-Evil: 1\"", "token: holds spaces, line breaks"),
            ("token: \"secret secret\"", "token: holds spaces, line breaks"),
            ("token: sécret", "token: holds spaces, line breaks"),
            ("tokenFile: /missing", "tokenFile: there is no file /missing"),
            ("tokenFile: /empty", "the token in /empty is empty"),
            ("tokenFile: /two-lines", "the token in /two-lines holds spaces, line breaks"),
            ("token: secret\nusername: u", "username: cannot be combined with a token"),
            ("username: \"a:secret\"", "username: holds a colon"),
            ("client-certificate: /crt", "client-key: missing"),
            ("client-key: /key", "client-certificate: missing"),
            ("client-certificate: /crt\nclient-key: /crt", "client-key: /crt holds no PEM private key"),
            ("client-certificate: /key\nclient-key: /key", "client-certificate: /key holds no PEM certificate"),
            ("client-certificate: /crt\nclient-key: /locked", "client-key: /locked holds a key with a passphrase"),
            ("client-certificate-data: aGk=\nclient-key: /key", "client-certificate-data: holds no PEM certificate"),
            (
                "auth-provider: {name: gcp, config: {access-token: secret}}",
                "auth-provider: \"gcp\" is not supported; use exec"
            ),
        ]
    )
    func refusedUsers(user: String, message: String) {
        let files = [
            "/empty": " \n", "/two-lines": "secret\nsecret", "/crt": Samples.certificate, "/key": Samples.key,
            "/locked": "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        ]
        let error = configurationError { try Samples.host(user: user, files: files).load() }
        #expect(error?.message.hasPrefix("user \"alice\": \(message)") == true, "\(error?.message ?? "no error")")
        #expect(error?.location?.hasPrefix("/home/u/.kube/config:1") == true)
        #expect(error?.description.contains("secret") == false)
    }
}

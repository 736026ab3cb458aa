import KubeTransport
import Testing

@testable import KubeClient

/// What becomes of the entries of a kubeconfig and the command line.
@Suite struct SelectionTests {
    static let kubeconfig = """
        current-context: dev
        clusters:
        - {name: c1, cluster: {server: "https://one"}}
        - {name: c2, cluster: {server: "https://two"}}
        - {name: bad, cluster: {server: "ftp://x"}}
        users:
        - {name: u1, user: {token: t1}}
        - {name: u2, user: {token: t2}}
        contexts:
        - {name: dev, context: {cluster: c1, user: u1, namespace: dev-ns}}
        - {name: prod, context: {cluster: c2, user: u2}}
        - {name: lost, context: {cluster: nowhere, user: u2}}
        - {name: nobody, context: {cluster: c1, user: ghost}}
        - {name: empty, context: {user: u1}}
        - {name: anonymous, context: {cluster: c1}}
        """

    private func load(_ overrides: ConfigurationOverrides, _ text: String = kubeconfig) throws -> ClusterConfiguration {
        try TestHost(files: ["/k": text], variables: ["KUBECONFIG": "/k"]).load(overrides)
    }

    @Test(
        "Context, cluster, user and namespace of the command line go before the file's",
        arguments: [
            (.init(), "dev", "https://one", "Bearer t1", "dev-ns"),
            (.init(context: "prod"), "prod", "https://two", "Bearer t2", "default"),
            (.init(cluster: "c2"), "dev", "https://two", "Bearer t1", "dev-ns"),
            (.init(user: "u2"), "dev", "https://one", "Bearer t2", "dev-ns"),
            (.init(namespace: "n"), "dev", "https://one", "Bearer t1", "n"),
            (.init(context: "anonymous"), "anonymous", "https://one", nil, "default"),
        ] as [(ConfigurationOverrides, String, String, String?, String)]
    )
    func overrides(
        overrides: ConfigurationOverrides,
        context: String,
        server: String,
        authorization: String?,
        namespace: String
    ) async throws {
        let configuration = try load(overrides)
        #expect(configuration.contextName == context)
        #expect(configuration.server.text == server)
        #expect(try await configuration.credentials.credentials().authorization == authorization)
        #expect(configuration.namespace == namespace)
    }

    @Test("Cluster and user can be named without any context")
    func withoutContext() async throws {
        let text = Self.kubeconfig.replacing("current-context: dev", with: "")
        let configuration = try load(.init(cluster: "c2", user: "u1"), text)
        #expect(configuration.contextName == nil)
        #expect(configuration.server.text == "https://two")
        #expect(try await configuration.credentials.credentials().authorization == "Bearer t1")
    }

    @Test(
        "An entry that is not there is an error that lists those that are",
        arguments: [
            (
                .init(context: "x"),
                "/k: there is no context \"x\"; contexts: \"anonymous\", \"dev\", \"empty\", \"lost\", \"nobody\", \"prod\""
            ),
            (.init(cluster: "x"), "/k: there is no cluster \"x\"; clusters: \"bad\", \"c1\", \"c2\""),
            (.init(user: "x"), "/k: there is no user \"x\"; users: \"u1\", \"u2\""),
            (
                .init(context: "lost"),
                "/k:12:26: context \"lost\": cluster: there is no cluster \"nowhere\"; clusters: \"bad\", \"c1\", \"c2\""
            ),
            (
                .init(context: "nobody"),
                "/k:13:41: context \"nobody\": user: there is no user \"ghost\"; users: \"u1\", \"u2\""
            ),
        ] as [(ConfigurationOverrides, String)]
    )
    func unknown(overrides: ConfigurationOverrides, description: String) {
        let error = configurationError { try load(overrides) }
        #expect(error?.code == .unknownEntry)
        #expect(error?.description == description)
    }

    @Test("A current-context that is missing or names nothing is an error that lists the contexts")
    func currentContext() {
        let missing = Self.kubeconfig.replacing("current-context: dev", with: "")
        let error = configurationError { try load(.init(), missing) }
        #expect(error?.message.contains("there is no current-context; name one with --context; contexts: ") == true)
        let wrong = Self.kubeconfig.replacing("current-context: dev", with: "current-context: gone")
        let second = configurationError { try load(.init(), wrong) }
        #expect(second?.location == "/k:1:1")
        #expect(second?.message.contains("current-context: there is no context \"gone\"; contexts: ") == true)
        #expect(configurationError { try load(.init(), "") }?.message.contains("it has no contexts") == true)
    }

    @Test("A context without a cluster, and a server that is no address, are errors at their places")
    func invalidEntries() {
        let empty = configurationError { try load(.init(context: "empty")) }
        #expect(
            empty?.description.hasPrefix("/k:14:17: context \"empty\": cluster: missing") == true,
            "\(empty?.description ?? "")"
        )
        let bad = configurationError { try load(.init(cluster: "bad")) }
        #expect(bad?.location == "/k:5:25")
        #expect(bad?.message == "cluster \"bad\": server: has the scheme 'ftp'; write https://HOST:PORT")
    }

    @Test("Entries that are not used may be broken")
    func brokenNeighbours() throws {
        let broken = "- {name: u3, user: {exec: {}, auth-provider: {name: x}, as-uid: a}}\ncontexts:"
        let text = Self.kubeconfig.replacing("contexts:", with: broken)
        #expect(try load(.init(), text).server.text == "https://one")
    }

    @Test("The server is verified unless the file says otherwise")
    func verification() throws {
        #expect(try !Samples.host().load().tls.insecureSkipVerify)
        #expect(try !Samples.host(cluster: "insecure-skip-tls-verify: false").load().tls.insecureSkipVerify)
        #expect(try Samples.host(cluster: "insecure-skip-tls-verify: true").load().tls.insecureSkipVerify)
    }

    @Test("Given authorities and no verification contradict each other")
    func authoritiesWithoutVerification() {
        let cluster = "certificate-authority: /ca\ninsecure-skip-tls-verify: true"
        let host = Samples.host(cluster: cluster, files: ["/ca": Samples.certificate])
        let error = configurationError { try host.load() }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains("insecure-skip-tls-verify") == true)
    }

    @Test("Authorities that are given go before the file of authorities")
    func authorityData() throws {
        // base64 of "-----BEGIN CERTIFICATE-----"
        let cluster = """
            certificate-authority: /does/not/exist
            certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t
            tls-server-name: kube.example
            proxy-url: socks5://user:pw@proxy:1080
            disable-compression: true
            """
        let configuration = try Samples.host(cluster: cluster).load()
        #expect(configuration.tls.certificateAuthorities == Array("-----BEGIN CERTIFICATE-----".utf8))
        #expect(configuration.tls.serverName == "kube.example")
        #expect(configuration.proxy?.text == "socks5://user:pw@proxy:1080")
    }

    @Test(
        "A cluster's field that makes no sense is an error that names it",
        arguments: [
            ("certificate-authority: /missing", "certificate-authority: there is no file /missing"),
            ("certificate-authority: /key", "certificate-authority: /key holds no PEM certificate"),
            ("certificate-authority-data: aGVsbG8=", "certificate-authority-data: holds no PEM certificate"),
            ("tls-server-name: \"a b\"", "tls-server-name: expected a host name"),
            ("proxy-url: ftp://user:secret@x", "proxy-url: has the scheme 'ftp'"),
        ]
    )
    func invalidCluster(cluster: String, message: String) {
        let host = Samples.host(cluster: cluster, files: ["/key": Samples.key])
        let error = configurationError { try host.load() }
        #expect(error?.message.hasPrefix("cluster \"c1\": \(message)") == true, "\(error?.message ?? "")")
        #expect(error?.location?.hasPrefix("/home/u/.kube/config:8:") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("Without TLS no credentials are held, let alone sent")
    func plainHTTP() async throws {
        for server in ["http://localhost:8080", "localhost:8080"] {
            let text = Self.kubeconfig.replacing("https://one", with: server)
            let configuration = try load(.init(), text)
            #expect(!configuration.server.isHTTPS)
            #expect(try await configuration.credentials.credentials() == .anonymous)
        }
    }

    @Test("The endpoint carries the client certificate, the proxy and how the server is known")
    func endpoint() throws {
        let configuration = try Samples.host(cluster: "tls-server-name: name\nproxy-url: http://p:1").load()
        let credentials = Credentials(clientCertificatePEM: [1], clientKeyPEM: [2])
        let endpoint = configuration.endpoint(with: credentials)
        #expect(endpoint.baseURL == "https://10.0.0.1:6443")
        #expect(endpoint.proxyURL == "http://p:1")
        #expect(endpoint.tls.serverName == "name")
        #expect(endpoint.tls.clientCertificate == [1])
        #expect(endpoint.tls.clientKey == [2])
    }

    @Test("Impersonation becomes header fields in a stable order")
    func impersonation() throws {
        let user = """
            token: t
            as: bob
            as-uid: "42"
            as-groups: [system:masters, dev]
            as-user-extra:
              scopes: [view, edit]
              example.com/100%: [x]
            """
        let fields = try Samples.host(user: user).load().impersonation?.headerFields.map { "\($0.name): \($0.value)" }
        #expect(
            fields == [
                "Impersonate-User: bob", "Impersonate-Uid: 42", "Impersonate-Group: system:masters",
                "Impersonate-Group: dev", "Impersonate-Extra-example.com%2F100%25: x",
                "Impersonate-Extra-scopes: view", "Impersonate-Extra-scopes: edit",
            ]
        )
    }

    @Test(
        "Impersonation that would smuggle in a header field, or has no user, is refused",
        arguments: [
            "as: \"bob\\r\\nImpersonate-Group: system:masters\"", "as: bob\nas-groups: [\"a\\nb\"]",
            "as: bob\nas-user-extra: {k: [\"a\\u0000\"]}", "as-groups: [dev]", "as-uid: \"1\"",
            "as-user-extra: {k: [v]}",
        ]
    )
    func impersonationRefused(user: String) {
        let error = configurationError { try Samples.host(user: user).load() }
        #expect(error?.code == .invalid)
        #expect(error?.message.hasPrefix("user \"alice\": as: ") == true)
    }
}

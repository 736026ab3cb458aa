import KubeTransport
import Testing

@testable import KubeClient

@Suite struct ConfigurationLoaderTests {
    static let podFiles = [
        ServiceAccount.tokenFile: "pod-token\n",
        ServiceAccount.certificateAuthorityFile: Samples.certificate,
        ServiceAccount.namespaceFile: "team-a\n",
    ]
    static let podVariables = ["KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"]

    private static func kubeconfig(server: String, context: String = "x", namespace: String = "default") -> String {
        """
        current-context: \(context)
        clusters: [{name: c, cluster: {server: "\(server)"}}]
        contexts: [{name: \(context), context: {cluster: c, namespace: \(namespace)}}]
        """
    }

    @Test(
        "The first source that is there decides",
        arguments: [
            (["kubeconfig", "env", "pod", "home"], "https://kubeconfig"),
            (["env", "pod", "home"], "https://env"),
            (["pod", "home"], "https://10.96.0.1:443"),
            (["home"], "https://home"),
        ]
    )
    func order(sources: [String], server: String) throws {
        var files = ["/home/u/.kube/config": Self.kubeconfig(server: "https://home")]
        files["/home/dir/explicit"] = Self.kubeconfig(server: "https://kubeconfig")
        files["/env"] = Self.kubeconfig(server: "https://env")
        var variables = ["HOME": "/home/u"]
        if sources.contains("env") { variables["KUBECONFIG"] = "/env" }
        if sources.contains("pod") {
            files.merge(Self.podFiles) { $1 }
            variables.merge(Self.podVariables) { $1 }
        }
        let overrides = ConfigurationOverrides(kubeconfig: sources.contains("kubeconfig") ? "explicit" : "")
        #expect(try TestHost(files: files, variables: variables).load(overrides).server.text == server)
    }

    @Test("Files of KUBECONFIG that do not exist are skipped with a warning")
    func missingFiles() throws {
        let host = TestHost(
            files: ["/b": Self.kubeconfig(server: "https://b")],
            variables: ["KUBECONFIG": "/a::/b:/b:"]
        )
        #expect(try host.load().server.text == "https://b")
        #expect(host.warnings == ["KUBECONFIG names /a, which does not exist"])
    }

    @Test("A KUBECONFIG of which no file exists is an error, also where ~/.kube/config is there")
    func allFilesMissing() {
        let host = TestHost(
            files: ["/home/u/.kube/config": Self.kubeconfig(server: "https://home")],
            variables: ["KUBECONFIG": "/a:/b", "HOME": "/home/u"]
        )
        let error = configurationError { try host.load() }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("/a, /b") == true)
    }

    @Test(
        "Where nothing is configured the error says what was looked for",
        arguments: [
            (nil, [:], "neither KUBECONFIG nor HOME is set"),
            (nil, ["HOME": "/home/u"], "there is no /home/u/.kube/config"),
            ("nope", [:], "there is no kubeconfig nope, which --kubeconfig names"),
        ] as [(String?, [String: String], String)]
    )
    func nothing(path: String?, variables: [String: String], message: String) {
        let error = configurationError {
            try TestHost(variables: variables).load(ConfigurationOverrides(kubeconfig: path))
        }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains(message) == true)
    }

    @Test("A kubeconfig that cannot be read is an error that names it")
    func unreadable() {
        let host = TestHost(variables: ["KUBECONFIG": "/a"])
        host.breakFile("/a")
        let error = configurationError { try host.load() }
        #expect(error?.code == .unreadable)
        #expect(error?.description == "/a: cannot read the kubeconfig: Permission denied")
    }

    @Test("Relative paths start at the directory of the file that holds them")
    func relativePaths() async throws {
        let user = "tokenFile: ../tokens/t"
        let cluster = "certificate-authority: ca.pem"
        let host = TestHost(
            files: [
                "/home/dir/conf/k": Samples.kubeconfig(user: user, cluster: cluster),
                "/home/dir/conf/ca.pem": Samples.certificate, "/home/dir/tokens/t": "tok",
            ],
            variables: ["KUBECONFIG": "conf/k"]
        )
        let configuration = try host.load()
        #expect(configuration.tls.certificateAuthorities == Array(Samples.certificate.utf8))
        #expect(try await configuration.credentials.credentials().authorization == "Bearer tok")
    }

    @Test("In a pod the service account is used")
    func pod() async throws {
        let configuration = try TestHost(files: Self.podFiles, variables: Self.podVariables).load()
        #expect(configuration.server.text == "https://10.96.0.1:443")
        #expect(configuration.tls.certificateAuthorities == Array(Samples.certificate.utf8))
        #expect(!configuration.tls.insecureSkipVerify)
        #expect(configuration.namespace == "team-a")
        #expect(configuration.contextName == nil)
        #expect(try await configuration.credentials.credentials().authorization == "Bearer pod-token")
    }

    @Test(
        "A pod's namespace comes from the command line, POD_NAMESPACE, the file, else is default",
        arguments: [
            ("n", "pod-ns", "file-ns", "n"), ("", "pod-ns", "f", "pod-ns"), ("", "", "f\n", "f"),
            ("", "", "", "default"),
        ]
    )
    func podNamespace(override: String, variable: String, file: String, expected: String) throws {
        var files = Self.podFiles
        files[ServiceAccount.namespaceFile] = file
        let host = TestHost(
            files: files,
            variables: Self.podVariables.merging(["POD_NAMESPACE": variable]) { $1 }
        )
        #expect(try host.load(ConfigurationOverrides(namespace: override)).namespace == expected)
    }

    @Test("An IPv6 API server gets its brackets in a pod")
    func podIPv6() throws {
        let variables = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        #expect(try TestHost(files: Self.podFiles, variables: variables).load().server.text == "https://[fd00::1]:443")
    }

    @Test("A pod without the cluster's authorities is an error and never trusts the system's")
    func podWithoutAuthorities() {
        var files = Self.podFiles
        files[ServiceAccount.certificateAuthorityFile] = nil
        let error = configurationError { try TestHost(files: files, variables: Self.podVariables).load() }
        #expect(error?.code == .unreadable)
        #expect(error?.message.contains("/ca.crt") == true)
    }

    @Test("A pod whose environment holds no address is an error")
    func podWithBadAddress() {
        let variables = ["KUBERNETES_SERVICE_HOST": "a b", "KUBERNETES_SERVICE_PORT": "443"]
        let error = configurationError { try TestHost(files: Self.podFiles, variables: variables).load() }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains("KUBERNETES_SERVICE_HOST") == true)
    }

    @Test("A context that is asked for goes before the pod's service account")
    func contextInPod() throws {
        var files = Self.podFiles
        files["/home/u/.kube/config"] = Self.kubeconfig(server: "https://home")
        let host = TestHost(files: files, variables: Self.podVariables.merging(["HOME": "/home/u"]) { $1 })
        #expect(try host.load(ConfigurationOverrides(context: "x")).server.text == "https://home")
    }

    @Test(
        "A namespace that is no DNS label is refused",
        arguments: ["A", "a_b", "-a", "a.b", "ä", String(repeating: "a", count: 64)]
    )
    func badNamespace(name: String) {
        let fromFlag = configurationError { try Samples.host().load(ConfigurationOverrides(namespace: name)) }
        #expect(fromFlag?.code == .invalid)
        let fromFile = configurationError { try Samples.host(context: "namespace: \"\(name)\"").load() }
        #expect(fromFile?.code == .invalid)
        #expect(fromFile?.message.hasPrefix("context \"dev\": namespace: ") == true)
    }
}

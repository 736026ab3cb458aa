import JSON
import KubeModel
import Testing

@testable import KubeClient

@Suite struct ExecCredentialSourceTests {
    private static let user = """
        exec:
          apiVersion: client.authentication.k8s.io/v1
          command: get-token
          args: [--cluster, c1]
          env: [{name: PROFILE, value: dev}, {name: INHERITED, value: replaced}]
          interactiveMode: Never
        """

    private func source(_ answers: [ScriptedProcesses.Answer]) throws -> (any CredentialSource, TestHost) {
        let host = Samples.host(user: Self.user, processes: ScriptedProcesses(answers))
        return (try host.load().credentials, host)
    }

    @Test("The plugin runs once for all who wait, and not again while its answer is good")
    func singleFlight() async throws {
        let gate = Gate()
        let (source, host) = try source([.token("one", gate: gate), .token("two")])
        let answers = try await withThrowingTaskGroup(of: Credentials.self) { group in
            for _ in 0..<50 { group.addTask { try await source.credentials() } }
            #expect(await becomesTrue { host.processes.runs == 1 })
            gate.open()
            return try await group.reduce(into: []) { $0.append($1.authorization) }
        }
        #expect(answers == Array(repeating: "Bearer one", count: 50))
        #expect(host.processes.runs == 1)
    }

    @Test("From 80 % of the life the plugin runs beside the requests, which do not wait")
    func earlyRefresh() async throws {
        let gate = Gate()
        let (source, host) = try source([
            .token("one", expires: "2027-01-15T08:01:40Z"), .token("two", expires: "2027-01-15T09:00:00Z", gate: gate),
        ])
        #expect(host.now.description == "2027-01-15T08:00:00Z")
        #expect(try await source.credentials().authorization == "Bearer one")
        host.advance(bySeconds: 79)
        #expect(try await source.credentials().authorization == "Bearer one")
        #expect(host.processes.runs == 1)
        host.advance(bySeconds: 1)
        #expect(try await source.credentials().authorization == "Bearer one")
        #expect(try await source.credentials().authorization == "Bearer one")
        #expect(await becomesTrue { host.processes.runs == 2 })
        gate.open()
        while try await source.credentials().authorization != "Bearer two" { await Task.yield() }
        #expect(host.processes.runs == 2)
    }

    @Test("After the expiry requests wait for the new credentials")
    func expiry() async throws {
        let (source, host) = try source([.token("one", expires: "2027-01-15T08:01:40Z"), .token("two")])
        #expect(try await source.credentials().authorization == "Bearer one")
        host.advance(bySeconds: 100)
        #expect(try await source.credentials().authorization == "Bearer two")
    }

    @Test("An early refresh that fails leaves the old credentials in use, with a warning")
    func failedEarlyRefresh() async throws {
        let (source, host) = try source([
            .token("one", expires: "2027-01-15T08:01:40Z"), .exit(1, "offline"), .token("two"),
        ])
        _ = try await source.credentials()
        host.advance(bySeconds: 80)
        #expect(try await source.credentials().authorization == "Bearer one")
        #expect(await becomesTrue { host.warnings.count == 1 })
        #expect(host.warnings.first?.contains("offline") == true)
        #expect(try await source.credentials().authorization == "Bearer one")
        #expect(host.processes.runs == 2)
        host.advance(bySeconds: 10)
        while try await source.credentials().authorization != "Bearer two" { await Task.yield() }
    }

    @Test("Of many requests refused with the same credentials one runs the plugin again")
    func invalidation() async throws {
        let (source, host) = try source([.token("one"), .token("two"), .token("three")])
        let refused = try await source.credentials()
        for _ in 0..<100 {
            await source.invalidate(refused)
            #expect(try await source.credentials().authorization == "Bearer two")
        }
        #expect(host.processes.runs == 2)
    }

    @Test("A caller that is cancelled leaves at once, and the others get their credentials")
    func cancelledCaller() async throws {
        let gate = Gate()
        let (source, host) = try source([.token("one", gate: gate)])
        let patient = Task { try await source.credentials() }
        #expect(await becomesTrue { host.processes.runs == 1 })
        let hasty = Task { try await source.credentials() }
        hasty.cancel()
        await #expect(throws: CancellationError.self) { try await hasty.value }
        gate.open()
        #expect(try await patient.value.authorization == "Bearer one")
        #expect(host.processes.cancellations == 0)
    }

    @Test("When the last caller is cancelled the plugin is ended, and the next caller starts it anew")
    func lastCaller() async throws {
        let (source, host) = try source([.token("one", gate: Gate()), .token("two")])
        let caller = Task { try await source.credentials() }
        #expect(await becomesTrue { host.processes.runs == 1 })
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        #expect(await becomesTrue { host.processes.cancellations == 1 })
        #expect(try await source.credentials().authorization == "Bearer two")
    }

    @Test("A failure goes to all who wait, and the next caller tries again")
    func failure() async throws {
        let (source, host) = try source([.exit(3, "no network", output: "secret"), .token("two")])
        let error = await configurationError { try await source.credentials() }
        #expect(error?.code == .plugin)
        #expect(error?.isRetryable == true)
        let expected =
            "/home/u/.kube/config:12:5: user \"alice\": exec plugin get-token: failed with exit code 3: no network"
        #expect(error?.description == expected)
        #expect(try await source.credentials().authorization == "Bearer two")
        #expect(host.processes.runs == 2)
    }

    @Test(
        "Each way to fail is told in words, without what the plugin printed to its output",
        arguments: [
            (.failure(.tooMuchOutput), "wrote more than 1024 KiB and was killed"),
            (.failure(.tookTooLong), "took longer than 60 s and was killed"),
            (.failure(.notFound), "not found; install it or correct the command"),
            (.failure(.notStarted("Exec format error")), "cannot be started: Exec format error"),
            (.output("secret"), "its answer is no ExecCredential object"),
            (.output("{secret"), "its answer is not JSON"),
            (.output(#"{"kind":"ExecCredential","apiVersion":"x","token":"secret"}"#), "its answer has apiVersion x"),
            (.exit(1, "bad \u{1B}[31mred\u{7}\u{9B}", output: "secret"), "failed with exit code 1: bad  [31mred"),
        ] as [(ScriptedProcesses.Answer, String)]
    )
    func failures(answer: ScriptedProcesses.Answer, message: String) async throws {
        let (source, _) = try source([answer])
        let error = await configurationError { try await source.credentials() }
        #expect(
            error?.message.hasPrefix("user \"alice\": exec plugin get-token: \(message)") == true,
            "\(error?.message ?? "")"
        )
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.contains("\u{1B}") == false)
    }

    @Test("Of very long complaints the end is told")
    func longComplaint() async throws {
        let (source, _) = try source([.exit(1, String(repeating: "x", count: 100_000) + "the end")])
        let error = await configurationError { try await source.credentials() }
        #expect(error?.message.hasSuffix("the end") == true)
        #expect((error?.message.utf8.count ?? 0) < 3000)
    }

    @Test("The plugin gets its arguments, our environment with its own on top, and what it should know")
    func command() async throws {
        let (source, host) = try source([.token("t")])
        _ = try await source.credentials()
        let command = try #require(host.processes.commands.first)
        #expect(command.executable == "get-token")
        #expect(command.arguments == ["--cluster", "c1"])
        #expect(command.environment["PROFILE"] == "dev")
        #expect(command.environment["INHERITED"] == "replaced")
        #expect(command.environment["HOME"] == "/home/u")
        #expect(command.timeLimit == .seconds(60))
        let info = try JSONValue(parsing: command.environment["KUBERNETES_EXEC_INFO"] ?? "")
        #expect(
            info == [
                "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                "spec": ["interactive": false],
            ]
        )
    }

    @Test(
        "With provideClusterInfo the plugin is told of the cluster, with the authorities' content and the cluster's extension"
    )
    func clusterInfo() async throws {
        let cluster = """
            certificate-authority: /ca
            tls-server-name: name
            proxy-url: http://proxy:1
            extensions:
            - {name: other, extension: no}
            - {name: client.authentication.k8s.io/exec, extension: {audience: "a", count: 1}}
            """
        let host = Samples.host(
            user: "\(Self.user)\n  provideClusterInfo: true",
            cluster: cluster,
            files: ["/ca": "-----BEGIN CERTIFICATE-----"],
            processes: ScriptedProcesses([.token("t")])
        )
        _ = try await host.load().credentials.credentials()
        let info = host.processes.commands.first?.environment["KUBERNETES_EXEC_INFO"]
        #expect(
            try JSONValue(parsing: info ?? "")[path: "spec", "cluster"] == [
                "server": "https://10.0.0.1:6443", "tls-server-name": "name", "proxy-url": "http://proxy:1",
                "certificate-authority-data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t",
                "config": ["audience": "a", "count": 1],
            ]
        )
    }

    @Test(
        "The plugin may talk to a person as its mode and the terminal allow",
        arguments: [
            ("Never", true, false), ("Never", false, false), ("IfAvailable", true, true), ("IfAvailable", false, false),
            ("Always", true, true), ("Always", false, nil),
        ] as [(String, Bool, Bool?)]
    )
    func interactivity(mode: String, isTerminal: Bool, isInteractive: Bool?) async throws {
        let host = Samples.host(
            user: Self.user.replacing("Never", with: mode),
            isTerminal: isTerminal,
            processes: ScriptedProcesses([.token("t")])
        )
        let source = try host.load().credentials
        let error = await configurationError { try await source.credentials() }
        #expect(host.processes.commands.first?.isInteractive == isInteractive)
        #expect(error?.message.contains("standard input is not a terminal") == (isInteractive == nil ? true : nil))
        if isInteractive == true { #expect(host.processes.commands.first?.timeLimit == nil) }
    }

    @Test(
        "An exec that makes no sense is an error before anything runs",
        arguments: [
            ("command: get-token", "", "exec has no command"),
            ("apiVersion: client.authentication.k8s.io/v1", "", "exec has no apiVersion"),
            (
                "authentication.k8s.io/v1", "authentication.k8s.io/v1alpha1",
                "is not supported; use client.authentication.k8s.io/v1"
            ),
            ("interactiveMode: Never", "", "exec has no interactiveMode; set it to Never, IfAvailable or Always"),
            ("interactiveMode: Never", "interactiveMode: Sometimes", "\"Sometimes\" is none of Never"),
            ("name: PROFILE, ", "", "a variable of exec's env has no name"),
            ("[--cluster, c1]", "[\"a\\0b\"]", "exec holds a NUL character"),
            ("args: [--cluster, c1]", "args: 5", "args: expected a list of strings"),
        ]
    )
    func invalid(field: String, replacement: String, message: String) {
        let host = Samples.host(user: Self.user.replacing(field, with: replacement))
        let error = configurationError { try host.load() }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
        #expect(host.processes.runs == 0)
    }

    @Test("v1beta1 talks to a person if it can unless told otherwise")
    func betaDefault() async throws {
        let user = Self.user.replacing("io/v1", with: "io/v1beta1").replacing("interactiveMode: Never", with: "")
        let host = Samples.host(user: user, isTerminal: true, processes: ScriptedProcesses([.failure(.notFound)]))
        let source = try host.load().credentials
        _ = await configurationError { try await source.credentials() }
        #expect(host.processes.commands.first?.isInteractive == true)
    }

    @Test("A plugin that is not there is told with its install hint")
    func installHint() async throws {
        let host = Samples.host(user: "\(Self.user)\n  installHint: \"Run: apt install get-token\"")
        let source = try host.load().credentials
        let error = await configurationError { try await source.credentials() }
        #expect(
            error?.message.hasSuffix("not found; install it or correct the command\nRun: apt install get-token") == true
        )
    }
}

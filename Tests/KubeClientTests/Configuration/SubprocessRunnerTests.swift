import FoundationEssentials
import KubeModel
import Testing

@testable import KubeClient

/// Real programs, most of them hostile.
@Suite struct SubprocessRunnerTests {
    private func command(
        _ script: String,
        environment: [String: String] = [:],
        timeLimit: Duration = .seconds(120),
        outputLimit: Int = 1 << 20
    ) -> ProcessCommand {
        ProcessCommand(
            executable: "sh",
            arguments: ["-c", script],
            environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 },
            isInteractive: false,
            timeLimit: timeLimit,
            outputLimit: outputLimit
        )
    }

    /// Whether a process has ended; one that nobody has reaped yet has.
    private func hasEnded(_ pid: String) throws -> Bool {
        guard FileManager.default.fileExists(atPath: "/proc/\(pid)/stat") else { return true }
        guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return true }
        return String(decoding: stat, as: UTF8.self).contains(") Z ")
    }

    private func withTemporaryFile<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/subprocess-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private func content(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self).trimmingWhitespace() }
    }

    @Test("Output, errors and exit code arrive apart; input is empty and the environment is the one given")
    func ordinary() async throws {
        let script = "cat; printf out; printf err >&2; printf \"$A\"; test -z \"$HOME\" || printf home; exit 3"
        let result = try await SubprocessRunner().run(command(script, environment: ["A": "b", "1bad": "x", "": "y"]))
        #expect(result.status == .exited(3))
        #expect(String(decoding: result.standardOutput, as: UTF8.self) == "outb")
        #expect(String(decoding: result.standardError, as: UTF8.self) == "err")
    }

    @Test("A program ended by a signal says so")
    func signal() async throws {
        #expect(try await SubprocessRunner().run(command("kill -9 $$")).status == .signaled(9))
    }

    @Test("Much output on both pipes at once blocks nobody")
    func bothPipes() async throws {
        let script = "head -c 900000 /dev/zero & head -c 900000 /dev/zero >&2; wait"
        let result = try await SubprocessRunner().run(command(script))
        #expect(result.standardOutput.count == 900_000)
        #expect(result.standardError.count == 900_000)
    }

    @Test("A flood on either pipe ends the program", arguments: ["yes", "yes >&2"])
    func flood(script: String) async throws {
        await #expect(throws: ProcessFailure.tooMuchOutput) { try await SubprocessRunner().run(command(script)) }
    }

    @Test("A program that takes too long is killed with all that it started, also if it ignores signals")
    func timeLimit() async throws {
        try await withTemporaryFile { path in
            let script = "trap '' TERM INT HUP; (trap '' TERM; sleep 1000 & echo $! > \(path); wait) & wait"
            await #expect(throws: ProcessFailure.tookTooLong) {
                try await SubprocessRunner().run(command(script, timeLimit: .milliseconds(300)))
            }
            let pid = try #require(content(path))
            #expect(try await becomesTrue { try hasEnded(pid) })
        }
    }

    @Test("Cancelling kills the program with all that it started")
    func cancellation() async throws {
        try await withTemporaryFile { path in
            let command = command("sleep 1000 & echo $! > \(path); wait")
            let run = Task { try await SubprocessRunner().run(command) }
            #expect(await becomesTrue { content(path)?.isEmpty == false })
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            let pid = try #require(content(path))
            #expect(try await becomesTrue { try hasEnded(pid) })
        }
    }

    @Test("A program that may talk to a person gives its output, and cancelling ends it")
    func interactive() async throws {
        var talking = command("printf out")
        talking.isInteractive = true
        talking.timeLimit = nil
        let result = try await SubprocessRunner().run(talking)
        #expect(String(decoding: result.standardOutput, as: UTF8.self) == "out")
        try await withTemporaryFile { path in
            var waiting = command("echo $$ > \(path); exec sleep 1000")
            waiting.isInteractive = true
            waiting.timeLimit = nil
            let run = Task { [waiting] in try await SubprocessRunner().run(waiting) }
            #expect(await becomesTrue { content(path)?.isEmpty == false })
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            let pid = try #require(content(path))
            #expect(try await becomesTrue { try hasEnded(pid) })
        }
    }

    @Test("What stays in the background with our pipes open is not waited for")
    func background() async throws {
        try await withTemporaryFile { path in
            let start = ContinuousClock.now
            let result = try await SubprocessRunner().run(command("sleep 1000 & echo $! > \(path); echo done"))
            #expect(String(decoding: result.standardOutput, as: UTF8.self) == "done\n")
            #expect(ContinuousClock.now - start < .seconds(900))
            if let pid = content(path) { _ = try await SubprocessRunner().run(command("kill \(pid)")) }
        }
    }

    @Test("A program that does not exist or is no program fails as such")
    func missing() async throws {
        var missing = command("")
        missing.executable = "no-such-program-anywhere"
        await #expect(throws: ProcessFailure.notFound) { try await SubprocessRunner().run(missing) }
        missing.executable = "/no/such/program"
        await #expect(throws: ProcessFailure.self) { try await SubprocessRunner().run(missing) }
        missing.executable = "/etc/passwd"
        await #expect(throws: ProcessFailure.self) { try await SubprocessRunner().run(missing) }
    }

    @Test("A kubeconfig beside its plugin, a real program, gives credentials")
    func realPlugin() async throws {
        let directory = FileManager.default.temporaryDirectory.path + "/plugin-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let script = #"""
            #!/bin/sh
            case "$KUBERNETES_EXEC_INFO" in *'"server":"https://10.0.0.1:6443"'*) ;; *) echo "no server" >&2; exit 1;; esac
            cat <<END
            {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
             "status": {"token": "$1-$SUFFIX", "expirationTimestamp": "2099-01-01T00:00:00Z"}}
            END
            """#
        let user = """
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./plugin
              args: [real]
              env: [{name: SUFFIX, value: token}]
              interactiveMode: IfAvailable
              provideClusterInfo: true
            """
        try Data(script.utf8).write(to: URL(filePath: "\(directory)/plugin"))
        try Data(Samples.kubeconfig(user: user).utf8).write(to: URL(filePath: "\(directory)/config"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(directory)/plugin")
        var host = HostEnvironment.live { _ in }
        host.isStandardInputTerminal = { false }
        let loader = ConfigurationLoader(host: host)
        let configuration = try loader.load(ConfigurationOverrides(kubeconfig: "\(directory)/config"))
        #expect(try await configuration.credentials.credentials().authorization == "Bearer real-token")
    }

    @Test("The real machine reads whole files, knows which are missing and refuses huge ones")
    func files() async throws {
        let host = HostEnvironment.live { _ in }
        #expect(try host.readFile("/no/such/file") == nil)
        #expect(try host.readFile("/etc/passwd/x") == nil)
        #expect(throws: (any Error).self) { try host.readFile("/") }
        #expect(throws: (any Error).self) { try host.readFile("/dev/zero") }
        try await withTemporaryFile { path in
            let bytes = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0) })
            try bytes.write(to: URL(filePath: path))
            #expect(try host.readFile(path) == Array(bytes))
        }
        #expect(host.variables["PATH"]?.isEmpty == false)
        #expect(host.workingDirectory.hasPrefix("/"))
        #expect(host.now() > Timestamp(secondsSinceEpoch: 1_700_000_000))
    }
}

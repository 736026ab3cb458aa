import Foundation
import TestSupport
import Testing

/// How `swiftlet reconcile` ends, and what it prints, as pipelines see it.
@Suite(.blocking)
struct ReconcileCommandTests {
    /// Built beside the tests.
    private static let swiftlet = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "swiftlet")

    private static let webServer = """
        apiVersion: web.phys.app/v1alpha1
        kind: WebServer
        metadata: {name: web}
        spec: {webServerImage: nginx}
        """

    /// Runs it with text as standard input and no cluster to find.
    private func reconcile(_ arguments: String..., input: String) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let process = Process()
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.executableURL = Self.swiftlet
        process.arguments = ["reconcile"] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        // Both are far smaller than what a pipe holds.
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: printed, as: UTF8.self),
            String(decoding: complaints, as: UTF8.self)
        )
    }

    @Test func pendingChangesEndWithTwoOnlyWhenAskedTo() throws {
        let plain = try reconcile("--dry-run", "-f", "-", input: Self.webServer)
        #expect(plain.status == 0)
        #expect(plain.output.hasSuffix("2 to create, 0 to change, 0 to delete\n"))
        #expect(plain.errors.contains("no cluster is configured"))
        let asked = try reconcile("--dry-run", "--offline", "--exit-code", "-f", "-", input: Self.webServer)
        #expect(asked.status == 2)
        #expect(asked.output == plain.output)
        #expect(asked.errors.isEmpty)
    }

    @Test func noChangesEndWithZero() throws {
        let paused = Self.webServer.replacing("nginx}", with: "nginx, paused: true}")
        let run = try reconcile("--dry-run", "--offline", "--exit-code", "-f", "-", input: paused)
        #expect(run.status == 0)
        #expect(run.output == "no changes\n")
    }

    @Test func aMistakeEndsWithOneAndNamesPlaceObjectAndField() throws {
        let mistaken = Self.webServer.replacing("webServerImage", with: "webServerImag")
        let run = try reconcile("--dry-run", "--offline", "--exit-code", "-f", "-", input: mistaken)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("error: standard input:4:"))
        #expect(run.errors.contains("WebServer default/web: spec.webServerImag"))
        #expect(run.errors.contains("webServerImage"))
    }

    @Test func anAnnotationIsRefusedUnlessItIsAllowed() throws {
        let annotated = Self.webServer.replacing(
            "nginx}",
            with: "nginx, ingress: {host: phys.app, annotations: {example.com/team: a}}}"
        )
        let refused = try reconcile("--dry-run", "--offline", "-f", "-", input: annotated)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("spec.ingress.annotations[example.com/team]: is not on the list"))
        let allowed = "--allowed-ingress-annotations=example.com/*"
        let taken = try reconcile("--dry-run", "--offline", allowed, "-f", "-", input: annotated)
        #expect(taken.status == 0, "\(taken.errors)")
        #expect(taken.output.contains("example.com/team: a"))
    }

    @Test func textThatIsNoYAMLEndsWithOne() throws {
        let run = try reconcile("--dry-run", "--offline", "-f", "-", input: "a: [")
        #expect(run.status == 1)
        #expect(run.errors.contains("standard input:2:1: "))
    }

    @Test(arguments: [
        ["--dry-run", "--offline", "--server"], ["--offline"], ["--server"], ["--dry-run", "--offline"],
    ])
    func optionsThatContradictEachOtherAreRefused(options: [String]) throws {
        let process = Process()
        process.executableURL = Self.swiftlet
        process.arguments = ["reconcile"] + options
        process.standardError = Pipe()
        process.standardOutput = Pipe()
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus != 0)
    }

    @Test func documentsForProgramsHaveEveryObjectAndTheCounts() throws {
        let yaml = try reconcile("--dry-run", "--offline", "-o", "yaml", "-f", "-", input: Self.webServer)
        #expect(yaml.output.contains("kind: ReconcilePlan\n"))
        let json = try reconcile("--dry-run", "--offline", "-o", "json", "-f", "-", input: Self.webServer)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(document["summary"] as? [String: Int] == ["create": 2, "change": 0, "delete": 0])
        let webServers = try #require(document["webServers"] as? [[String: Any]])
        let changes = try #require(webServers.first?["changes"] as? [[String: Any]])
        #expect(changes.compactMap { $0["kind"] as? String } == ["Deployment", "Service"])
        #expect(changes.allSatisfy { $0["after"] != nil && $0["before"] == nil })
    }
}

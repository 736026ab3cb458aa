import Foundation
import Glibc
import JSON
import KubeClient
import KubeModel
import KubeTransport
import PollingSupport
import SwiftletAPI
import TestSupport
import Testing

/// Two operators as processes of their own, of which the one that leads is frozen past its lease in the midst of its writes.
///
/// What they asked the API server to change, and when, is told by its audit log.
@Suite(
    TestCluster.isThere,
    .enabled(if: TestCluster.auditLog != nil, "needs a cluster of Tests/Cluster, which keeps an audit log")
)
struct FrozenLeaderTests {
    private static let freezes = 6
    private static let webServers = 12

    @Test func aLeaderThatWasFrozenWritesNothingAfterwards() async throws {
        let log = try #require(TestCluster.auditLog)
        try await TestCluster.withNamespace { space in
            let seed = UInt64.random(in: 0 ... .max)
            var random = SeededGenerator(seed: seed)
            let users = ["replica-a-\(space.name)", "replica-b-\(space.name)"]
            let replicas = try await users.mapAsync { try await Replica(user: $0, in: space) }
            defer { for replica in replicas { replica.kill() } }
            for index in 0..<Self.webServers { try await space.createWebServer("web-\(index)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.churn(space) }
                for _ in 0..<Self.freezes {
                    let leader = try await Self.leader(among: replicas)
                    try await Task.sleep(for: .milliseconds(Int.random(in: 200...1500, using: &random)))
                    leader.signal(SIGSTOP)
                    try await eventually("another one leads (seed \(seed))") {
                        try await Self.current(among: replicas).map { $0 !== leader } ?? false
                    }
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...1000, using: &random)))
                    leader.signal(SIGCONT)
                    // It has every chance to go on with what it was at.
                    try await Task.sleep(for: .milliseconds(1500))
                }
                group.cancelAll()
                do {
                    try await group.waitForAll()
                } catch {
                    let isOurs = error is CancellationError || (error as? KubeError)?.isCancelled == true
                    guard isOurs else { throw error }
                }
            }
            for replica in replicas { replica.kill() }
            let entries = try log.entries().filter { users.contains($0.user) }
            let strays = AuditLog.strays(in: entries)
            #expect(strays.isEmpty, "seed \(seed): \(strays.prefix(5).joined(separator: "; "))")
            let early = AuditLog.earlyGrants(in: entries, duration: 3)
            #expect(early.isEmpty, "seed \(seed): \(early.prefix(5).joined(separator: "; "))")
            // Both led, and wrote while they did.
            for user in users {
                #expect(entries.filter { $0.user == user && !$0.isOfLease && $0.succeeded }.count > 20)
            }
        }
    }

    /// Edits WebServers without a pause, so that their operator always writes.
    private static func churn(_ space: TestNamespace) async throws {
        var round = 0
        while !Task.isCancelled {
            round += 1
            for index in 0..<webServers {
                try await space.patchWebServer("web-\(index)", ["webServerImage": .string("nginx:1.\(round)")])
            }
        }
    }

    /// The replica whose lease it is, as the API server has it.
    private static func current(among replicas: [Replica]) async throws -> Replica? {
        guard let space = replicas.first?.space,
            let lease = try await space.find(.leases, "swiftlet"),
            let holder = lease.value[path: "spec", "holderIdentity"]?.stringValue
        else { return nil }
        return try replicas.first { try $0.log().contains("identity=\(holder)") }
    }

    private static func leader(among replicas: [Replica]) async throws -> Replica {
        try await eventually("one leads") { try await current(among: replicas) }
    }
}

/// An operator with a user of its own.
private final class Replica: Sendable {
    let space: TestNamespace
    private let id: pid_t
    private let output: URL

    init(user: String, in space: TestNamespace) async throws {
        self.space = space
        let folder = FileManager.default.temporaryDirectory.appending(path: user)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let kubeconfig = folder.appending(path: "kubeconfig")
        try await space.serviceAccountKubeconfig(user).write(to: kubeconfig, atomically: true, encoding: .utf8)
        output = folder.appending(path: "log")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        let process = Process()
        process.executableURL = SwiftletProgram.path
        process.arguments = [
            "operator", "--kubeconfig", kubeconfig.path, "--namespace", space.name, "--health-address", "127.0.0.1:0",
            "--lease-duration", "3", "--renew-deadline", "2", "--retry-period", "0.3",
        ]
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        id = process.processIdentifier
    }

    func log() throws -> String { try String(contentsOf: output, encoding: .utf8) }
    func signal(_ signal: CInt) { _ = Glibc.kill(id, signal) }
    func kill() { signal(SIGKILL) }
}

extension Array {
    fileprivate func mapAsync<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}

extension TestNamespace {
    /// A kubeconfig of a service account that the API server keeps a log of, and that may do anything.
    fileprivate func serviceAccountKubeconfig(_ account: String) async throws -> String {
        let home = ObjectKey(namespace: AuditLog.namespace, name: account)
        do {
            _ = try await client.create(
                .namespaces,
                ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(home.namespace)]]
            )
        } catch {
            guard error.isAlreadyExists else { throw error }
        }
        _ = try await client.create(
            .serviceAccounts,
            [
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": ["namespace": .string(home.namespace), "name": .string(account)],
            ]
        )
        _ = try await client.perform(
            "POST",
            path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            body: [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                "metadata": ["name": .string(account)],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"],
                "subjects": [
                    ["kind": "ServiceAccount", "namespace": .string(home.namespace), "name": .string(account)]
                ],
            ]
        )
        let request: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": ["expirationSeconds": 3600],
        ]
        let answer = try await client.create(subresource: "token", of: .serviceAccounts, home, request)
        let token = try #require(answer[path: "status", "token"]?.stringValue)
        let credentials = try await client.configuration.credentials.credentials()
        let authority = Data(client.configuration.endpoint(with: credentials).tls.certificateAuthorities ?? [])
            .base64EncodedString()
        return """
            apiVersion: v1
            kind: Config
            current-context: replica
            clusters:
            - name: tests
              cluster: {server: "\(client.configuration.server.text)", certificate-authority-data: "\(authority)"}
            users:
            - name: replica
              user: {token: "\(token)"}
            contexts:
            - name: replica
              context: {cluster: tests, user: replica}

            """
    }
}

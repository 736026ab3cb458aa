import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Synchronization
import Testing
import WebServers

@testable import Operator

struct ClusterDiscoveryTests {
    @Test func aServerThatDoesNotAnswerIsAskedAgainAfterLongerWaits() async throws {
        let attempts = Attempts()
        try await ScriptedAPI.serve { request in
            guard attempts.succeeds(at: request.path) else {
                return .refusal(503, "ServiceUnavailable", "still starting")
            }
            return ScriptedAPI.Answer(body: Self.document(request.path))
        } _: { client, _ in
            let readiness = StartupReadiness()
            let waits = Mutex<[Duration]>([])
            let now = ContinuousClock.now
            let time = TimeSource(
                now: { now },
                wall: { MicroTime(secondsSinceEpoch: 0) },
                sleep: { deadline in
                    waits.withLock { $0.append(now.duration(to: deadline)) }
                    let check = try #require(readiness.healthChecks().first)
                    #expect(!check.passes)
                    #expect(check.name == "api-server")
                    #expect(check.reason.contains("still starting"))
                }
            )
            var discovery = ClusterDiscovery(client: client, seed: 1, time: time, logger: TestCluster.silent)
            discovery.backoff = BackoffPolicy(base: .seconds(1), cap: .seconds(4))
            let features = try await discovery.features(telling: readiness)
            #expect(features.served.ingress == .ingresses)
            #expect(features.served.disruptionBudget == nil)
            #expect(!features.streamsLists)
            let expected = Self.delays(discovery.backoff, seed: 1, count: Attempts.failures)
            #expect(waits.withLock { $0 } == expected)
        }
    }

    @Test func cancellationEndsTheWait() async throws {
        try await ScriptedAPI.serve { _ in
            .refusal(503, "ServiceUnavailable")
        } _: { client, _ in
            let time = TimeSource(
                now: { .now },
                wall: { MicroTime(secondsSinceEpoch: 0) },
                sleep: { _ in throw CancellationError() }
            )
            let discovery = ClusterDiscovery(client: client, time: time, logger: TestCluster.silent)
            await #expect(throws: CancellationError.self) { try await discovery.features(telling: StartupReadiness()) }
        }
    }

    private static func delays(_ policy: BackoffPolicy, seed: UInt64, count: Int) -> [Duration] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { policy.delay(previousFailures: $0, using: &random) }
    }

    private static func document(_ path: Substring) -> JSONValue {
        switch path {
        case "/api": ["kind": "APIVersions", "versions": ["v1"]]
        case "/apis":
            [
                "kind": "APIGroupList",
                "groups": [["name": "networking.k8s.io", "versions": [["groupVersion": "networking.k8s.io/v1"]]]],
            ]
        case "/apis/networking.k8s.io/v1":
            [
                "kind": "APIResourceList", "groupVersion": "networking.k8s.io/v1",
                "resources": [["name": "ingresses", "kind": "Ingress", "namespaced": true, "verbs": ["get"]]],
            ]
        case "/version": ["major": "1", "minor": "20", "gitVersion": "v1.20.2"]
        default: ["kind": "APIResourceList", "groupVersion": "v1", "resources": []]
        }
    }
}

/// Fails so many times over, however often a client asks again by itself.
private final class Attempts: Sendable {
    static let failures = 4
    private let count = Mutex(0)

    /// Discovery begins with `/api`.
    func succeeds(at path: Substring) -> Bool {
        count.withLock { count in
            if path == "/api" { count += 1 }
            return count > Self.failures
        }
    }
}

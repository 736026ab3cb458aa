import KubeClient
import KubeRuntime
import KubeTransport
import PollingSupport
import TestSupport
import Testing

@testable import Operator

/// An operator that begins before its API server does.
@Suite(.timeLimit(.minutes(10)))
struct OperatorStartupTests {
    @Test func itServesHealthAndWaitsUntilItIsToldToStop() async throws {
        let port = try TestServer.closedPort()
        let nobody = try RefusingPort()
        defer { nobody.release() }
        var options = OperatorService.Options(
            healthAddress: ListenAddress(host: "127.0.0.1", port: port),
            instance: "tests"
        )
        options.endsOnSignals = false
        try await ScriptedAPI.withClient(of: nobody.url) { client in
            let service = OperatorService(
                client: client,
                options: options,
                registry: PrometheusRegistry(),
                logger: TestCluster.silent
            )
            try await ScriptedAPI.withClient(of: "http://127.0.0.1:\(port)") { probe in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await service.run() }
                    group.addTask {
                        try await eventually("it is alive") { await Self.status(of: "/healthz", probe) == 200 }
                        let reason = try await eventually("it tells what it waits for") {
                            try await Self.refusal(of: "/readyz", probe)
                        }
                        #expect(reason.contains("[-]api-server waiting: discover /api"))
                    }
                    // The first to end is the probe: the service goes on until it is cancelled.
                    try await group.next()
                    group.cancelAll()
                    await #expect(throws: CancellationError.self) { try await group.waitForAll() }
                }
            }
        }
    }

    private static func status(of path: String, _ client: KubeClient) async -> Int? {
        do {
            return try await client.response(to: KubeRequest(method: "GET", path: path)).status
        } catch {
            return error.status?.code
        }
    }

    /// The body of a 503, once it says more than that the server is asked.
    private static func refusal(of path: String, _ client: KubeClient) async throws -> String? {
        do {
            _ = try await client.response(to: KubeRequest(method: "GET", path: path))
            return nil
        } catch {
            guard let status = error.status, status.message.contains("discover") else { return nil }
            #expect(status.code == 503)
            return status.message
        }
    }
}

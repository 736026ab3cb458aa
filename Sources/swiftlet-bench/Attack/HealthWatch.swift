import Glibc
import KubeTransport

/// Asks for health five times a second over a connection of its own each time, as a kubelet does.
struct HealthWatch: Sendable {
    struct Figures: Sendable {
        var count = 0
        /// Without an answer of 200 within a second.
        var failed = 0
        /// In seconds; of those that were answered.
        var longest = 0.0
        var p99 = 0.0
    }

    /// Host and port.
    let address: String

    func watch(until end: ContinuousClock.Instant) async throws -> Figures {
        var figures = Figures()
        var seconds: [Double] = []
        while ContinuousClock.now < end {
            let start = ContinuousClock.now
            figures.count += 1
            if try await isHealthy() {
                seconds.append((ContinuousClock.now - start).seconds)
            } else {
                figures.failed += 1
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        figures.longest = seconds.max() ?? 0
        figures.p99 = seconds.percentile(0.99)
        return figures
    }

    private func isHealthy() async throws -> Bool {
        // A transport of its own has no connection yet.
        let transport = try Transport()
        let endpoint = TransportEndpoint(baseURL: "http://\(address)")
        let answer = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    return try await transport.perform(HTTPRequest(path: "/healthz"), on: endpoint).status == 200
                } catch {
                    return false
                }
            }
            group.addTask {
                do { try await Task.sleep(for: .seconds(1)) } catch {}
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        await transport.shutdown()
        return answer
    }
}

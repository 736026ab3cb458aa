import JSON
import KubeRuntime
import NIOCore
import Testing

@testable import KubeAdmission

@Suite(.timeLimit(.minutes(20))) struct AdmissionEndpointsTests {
    private struct Trouble: Error {}

    private let registry = PrometheusRegistry()
    private let time = VirtualTime()

    private func endpoints(
        concurrency: Int = 4,
        heldBytes: Int = 64 << 10,
        decodedBytes: Int = 64 << 10,
        _ handler: @escaping AdmissionHandler = { _ in .allowed() }
    ) -> AdmissionEndpoints {
        AdmissionEndpoints(
            handlers: ["/mutate": handler],
            bodyLimit: 4096,
            concurrency: concurrency,
            heldBytes: heldBytes,
            decodedBytes: decodedBytes,
            time: time.source,
            metrics: registry,
            logger: Reviews.quiet
        )
    }

    private func post(
        _ endpoints: AdmissionEndpoints,
        _ body: [UInt8] = Reviews.review(),
        to target: String = "/mutate?timeout=10s",
        method: String = "POST",
        contentType: String? = "application/json",
        contentLength: Int? = nil
    ) async throws -> AdmissionAnswer {
        try await endpoints.respond(to: method, target, contentType: contentType, contentLength: contentLength) {
            limit in
            guard body.count <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
            return body
        }
    }

    private func total(_ code: Int) -> Double? {
        registry.value("controller_runtime_webhook_requests_total{webhook=\"/mutate\",code=\"\(code)\"}")
            ?? registry.value("controller_runtime_webhook_requests_total{code=\"\(code)\",webhook=\"/mutate\"}")
    }

    @Test func `a review is answered, and counted`() async throws {
        let answer = try await post(endpoints { request in .allowed(warnings: [request.name]) })
        #expect(answer.status == 200)
        #expect(answer.contentType == "application/json")
        let response = try JSONValue(parsing: answer.body)["response"]
        #expect(response?["uid"] == "705ab4f5-6393-11e8-b7cc-42010a800002")
        #expect(response?["warnings"] == ["settings"])
        #expect(total(200) == 1)
        #expect(total(500) == 0)
        #expect(registry.value("controller_runtime_webhook_latency_seconds_count{webhook=\"/mutate\"}") == 1)
        #expect(registry.value("controller_runtime_webhook_requests_in_flight{webhook=\"/mutate\"}") == 0)
    }

    @Test(arguments: [
        ("GET", "/mutate", "application/json", 405), ("POST", "/", "application/json", 404),
        ("POST", "/mutate/", "application/json", 404), ("POST", "/mutate", "text/plain", 415),
        ("POST", "/mutate", nil, 415), ("POST", "/mutate", "application/json; charset=utf-8", 200),
        ("POST", "/mutate", "APPLICATION/JSON", 200), ("POST", "/mutate?timeout=no", "application/json", 200),
    ])
    func `requests that are none have their status`(method: String, target: String, type: String?, status: Int)
        async throws
    {
        let answer = try await post(endpoints(), to: target, method: method, contentType: type)
        #expect(answer.status == status)
        #expect(answer.keepsConnection == (status == 200))
    }

    @Test func `a review that cannot be read is told why`() async throws {
        let answer = try await post(endpoints(), Reviews.review { $0[path: "request", "operation"] = "PATCH" })
        #expect(answer.status == 400)
        #expect(String(decoding: answer.body, as: UTF8.self).hasPrefix("request.operation must be"))
        #expect(total(400) == 1)
    }

    @Test func `a review that is too large is not read`() async throws {
        let answer = try await post(endpoints(), Array(repeating: 0x20, count: 4097))
        #expect(answer.status == 413)
        #expect(total(413) == 1)
    }

    @Test func `a review that is announced as too large is not waited for`() async throws {
        let answer = try await endpoints().respond(
            to: "POST",
            "/mutate",
            contentType: "application/json",
            contentLength: 4097
        ) { _ in throw Trouble() }
        #expect(answer.status == 413)
    }

    /// - Returns: how many were answered at a time at most.
    private func most(of count: Int, _ endpoints: AdmissionEndpoints, _ running: Running, contentLength: Int? = nil)
        async throws -> Int
    {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<count { group.addTask { try await post(endpoints, contentLength: contentLength).status } }
            #expect(await eventually { running.count.value.now > 0 })
            // Whoever may come in has come.
            for _ in 0..<200 { await Task.yield() }
            running.isOpen.update { $0 = true }
            let statuses = try await group.reduce(into: []) { $0.append($1) }
            #expect(statuses == Array(repeating: 200, count: count))
        }
        return running.count.value.most
    }

    /// Counts what is in, and holds it there.
    private final class Running: Sendable {
        let isOpen = ObservedValue(false)
        let count = Locked((now: 0, most: 0))

        func pass() async {
            count.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            _ = await isOpen.wait(until: nil, time: .system) { $0 }
            count.change { $0.now -= 1 }
        }
    }

    /// Memory goes by bytes and not by requests.
    @Test func `so many bytes are answered at a time`() async throws {
        let running = Running()
        let size = Reviews.review().count
        let endpoints = endpoints(decodedBytes: size * 2 + size / 2) { _ in
            await running.pass()
            return .allowed()
        }
        #expect(try await most(of: 4, endpoints, running, contentLength: size) == 2)
    }

    @Test func `so many bytes are held at a time, and what is not announced counts as the most`() async throws {
        for (length, most) in [(1000, 2), (nil, 1)] as [(Int?, Int)] {
            let running = Running()
            let endpoints = endpoints(heldBytes: 4096) { _ in
                await running.pass()
                return .allowed()
            }
            #expect(try await self.most(of: 4, endpoints, running, contentLength: length.map { $0 * 2 }) == most)
        }
    }

    /// Who sends slowly must not keep others from being answered.
    @Test func `a body that does not come holds no room among those that are answered`() async throws {
        let endpoints = endpoints(decodedBytes: 4096)
        let isOver = ObservedValue(false)
        async let slow = endpoints.respond(
            to: "POST",
            "/mutate?timeout=30s",
            contentType: "application/json",
            contentLength: 4096
        ) { _ in
            _ = await isOver.wait(until: nil, time: .system) { $0 }
            return Reviews.review()
        }
        #expect(await time.hasSleepers(2))
        #expect(try await post(endpoints, contentLength: 1000).status == 200)
        isOver.update { $0 = true }
        #expect(try await slow.status == 200)
    }

    @Test func `a body that does not come soon is waited for no longer`() async throws {
        let endpoints = endpoints()
        let time = time
        async let slow = endpoints.respond(to: "POST", "/mutate?timeout=30s", contentType: "application/json") { _ in
            try await time.source.sleep(until: time.now.advanced(by: .seconds(3600)))
            return Reviews.review()
        }
        // The deadline, the patience, and the body itself.
        #expect(await time.hasSleepers(3))
        time.advance(by: .seconds(5))
        #expect(try await slow.status == 408)
        #expect(total(408) == 1)
    }

    @Test func `a handler that fails leaves it to the failure policy`() async throws {
        let answer = try await post(endpoints { _ in throw Trouble() })
        #expect(answer.status == 500)
        #expect(total(500) == 1)
    }

    /// Whoever asks need not be an API server, and may not be meant to know what API servers tell us.
    @Test func `what others said about a failure is not told`() async throws {
        struct Refusal: Error, CustomStringConvertible {
            var description: String { "get secrets shop/key: forbidden" }
        }
        struct NotReady: AdmissionObstacle {
            var description: String { "pods have not been listed yet" }
        }
        let failed = try await post(endpoints { _ in throw Refusal() })
        #expect(String(decoding: failed.body, as: UTF8.self) == "the webhook failed; its log tells why")
        let notReady = try await post(endpoints { _ in throw NotReady() })
        #expect(notReady.status == 500)
        #expect(
            String(decoding: notReady.body, as: UTF8.self)
                == "the webhook cannot answer: pods have not been listed yet"
        )
    }

    @Test func `a body that breaks off is nobody's to answer`() async throws {
        await #expect(throws: Trouble.self) {
            try await endpoints().respond(to: "POST", "/mutate", contentType: "application/json") { _ in throw Trouble()
            }
        }
        #expect(total(500) == 1)
    }

    @Test func `past its deadline a request is cancelled and told so`() async throws {
        let wasCancelled = Locked(false)
        let time = time
        let endpoints = endpoints { _ in
            do {
                try await time.source.sleep(until: time.now.advanced(by: .seconds(3600)))
            } catch {
                wasCancelled.change { $0 = true }
                throw error
            }
            return .allowed()
        }
        async let answer = post(endpoints, to: "/mutate?timeout=2s")
        #expect(await time.hasSleepers(2))
        time.advance(by: .milliseconds(1799))
        #expect(!wasCancelled.value)
        time.advance(by: .milliseconds(1))
        #expect(try await answer.status == 504)
        #expect(wasCancelled.value)
        #expect(total(504) == 1)
    }

    @Test func `so many are worked on at a time, and the next waits for its turn`() async throws {
        let isOpen = ObservedValue(false)
        let running = Locked((now: 0, most: 0))
        let endpoints = endpoints(concurrency: 2) { _ in
            running.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            _ = await isOpen.wait(until: nil, time: .system) { $0 }
            running.change { $0.now -= 1 }
            return .allowed()
        }
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<5 { group.addTask { try await post(endpoints).status } }
            #expect(await eventually { running.value.now == 2 })
            isOpen.update { $0 = true }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [200, 200, 200, 200, 200])
        #expect(running.value.most == 2)
    }

    @Test func `one whose turn does not come is told so`() async throws {
        let endpoints = endpoints(concurrency: 1) { _ in
            try await Task.sleep(for: .seconds(3600))
            return .allowed()
        }
        async let first = post(endpoints, to: "/mutate?timeout=30s")
        #expect(await time.hasSleepers(1))
        async let second = post(endpoints, to: "/mutate?timeout=1s")
        #expect(await time.hasSleepers(2))
        time.advance(by: .seconds(1))
        #expect(try await second.status == 503)
        time.advance(by: .seconds(30))
        #expect(try await first.status == 504)
    }
}

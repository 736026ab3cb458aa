import JSON
import KubeRuntime
import NIOCore
import Testing

@testable import KubeAdmission

@Suite(.timeLimit(.minutes(5))) struct AdmissionEndpointsTests {
    private struct Trouble: Error {}

    private let registry = PrometheusRegistry()
    private let time = VirtualTime()

    private func endpoints(
        concurrency: Int = 4,
        _ handler: @escaping AdmissionHandler = { _ in .allowed() }
    ) -> AdmissionEndpoints {
        AdmissionEndpoints(
            handlers: ["/mutate": handler],
            bodyLimit: 4096,
            concurrency: concurrency,
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
        contentType: String? = "application/json"
    ) async throws -> AdmissionAnswer {
        try await endpoints.respond(to: method, target, contentType: contentType) { limit in
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

    @Test func `a handler that fails leaves it to the failure policy`() async throws {
        let answer = try await post(endpoints { _ in throw Trouble() })
        #expect(answer.status == 500)
        #expect(total(500) == 1)
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

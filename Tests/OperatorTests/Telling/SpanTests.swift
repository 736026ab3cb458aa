import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import PollingSupport
import Synchronization
import Testing
import Tracing

@testable import KubeAdmission
@testable import Telling

/// What is traced, and under which names.
struct SpanTests {
    private final class Spans: Sendable {
        private let spans = Mutex<[FinishedSpan]>([])
        var all: [FinishedSpan] { spans.withLock { $0 } }
        func add(_ span: FinishedSpan) { spans.withLock { $0.append(span) } }

        func attributes(of name: String) -> [String: String] {
            var result: [String: String] = [:]
            all.first { $0.name == name }?.attributes.forEach { key, value in
                if case .string(let text) = value { result[key] = text } else { result[key] = "\(value)" }
            }
            return result
        }
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
    }

    private let spans = Spans()

    private func tracing<Value: Sendable>(
        ratio: Double = 1,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withTracer(SpanTracer(ratio: ratio) { [spans] in spans.add($0) }) { try await body() }
    }

    /// Runs one reconcile that gets a Secret from a server which answers so.
    private func reconcileOnce(
        answering answer: ScriptedAPI.Answer = .init(),
        ratio: Double = 1
    ) async throws -> [String] {
        let lines = Lines()
        let logger = Logger(label: "test") { label in
            TellingLogHandler(
                label: label,
                format: .logfmt,
                output: LogOutput { lines.add($0) },
                metadataProvider: .span
            )
        }
        try await ScriptedAPI.serve({ _ in answer }) { client, api in
            let controller = Controller<ObjectKey>(
                name: "things",
                kind: "Thing",
                logger: logger,
                generation: { _ in 7 }
            ) { key, context in
                context.logger.info("within")
                _ = try await client.get(.secrets, key)
                return .done
            }
            controller.queue.add(ObjectKey(namespace: "shop", name: "web"))
            try await tracing(ratio: ratio) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await controller.run() }
                    try await eventually("it was reconciled") { lines.all.count >= 1 && api.requests.count >= 1 }
                    controller.shutDown()
                    try await group.waitForAll()
                }
            }
        }
        return lines.all
    }

    @Test func aReconcileIsASpanAndItsRequestsAreChildren() async throws {
        let lines = try await reconcileOnce()
        let all = spans.all
        try #require(all.map(\.name) == ["get secrets", "reconcile things"])
        #expect(all[0].parent == all[1].identity.spanID)
        #expect(all[0].kind == .client)
        #expect(all.allSatisfy { $0.failure == nil })
        let parent = spans.attributes(of: "reconcile things")
        #expect(parent["controller"] == "things")
        #expect(parent["object.kind"] == "Thing")
        #expect(parent["k8s.namespace.name"] == "shop")
        #expect(parent["object.name"] == "web")
        #expect(parent["object.generation"] == "int64(7)")
        #expect(parent["outcome"] == "success")
        let child = spans.attributes(of: "get secrets")
        #expect(child["http.request.method"] == "GET")
        #expect(child["url.path"] == "/api/v1/namespaces/shop/secrets/web")
        #expect(child["http.response.status_code"] == "int64(200)")
        // The log and the span are found from each other, and the line names all that the reconcile is about.
        let line = try #require(lines.first { $0.contains("msg=\"within\"") })
        #expect(line.contains(" controller=things kind=Thing namespace=shop name=web generation=7 reconcileID="))
        #expect(line.contains("reconcileID=\(parent["reconcileID"] ?? "?") "))
        #expect(line.contains("traceID=\(all[1].identity.traceID) spanID=\(all[1].identity.spanID)"))
    }

    @Test func whatFailsIsSeenInBoth() async throws {
        let lines = try await reconcileOnce(answering: .refusal(403, "Forbidden", "not you"))
        let all = spans.all
        // It may have been tried again before it was shut down.
        try #require(all.prefix(2).map(\.name) == ["get secrets", "reconcile things"])
        #expect(all[0].failure == "status 403")
        #expect(all[1].failure?.contains("not you") == true)
        #expect(spans.attributes(of: "reconcile things")["outcome"] == "error")
        let line = try #require(lines.first { $0.contains("msg=\"reconcile failed\"") })
        #expect(line.contains("error=\"get secrets shop/web: "))
        #expect(line.contains("level=warning"))
    }

    @Test func whatIsNotSampledCostsNoSpan() async throws {
        let lines = try await reconcileOnce(ratio: 0)
        #expect(spans.all.isEmpty)
        #expect(lines.allSatisfy { !$0.contains("traceID") })
    }

    @Test func aReviewIsASpan() async throws {
        let endpoints = AdmissionEndpoints(
            handlers: ["/check": { _ in .denied("no", code: 422, reason: "Invalid") }],
            metrics: PrometheusRegistry(),
            logger: TestCluster.silent
        )
        let review: JSONValue = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": [
                "uid": "1", "kind": ["group": "", "version": "v1", "kind": "Pod"],
                "resource": ["group": "", "version": "v1", "resource": "pods"], "name": "web", "namespace": "shop",
                "operation": "CREATE", "userInfo": ["username": "me"], "object": ["metadata": ["name": "web"]],
            ],
        ]
        let status = try await tracing {
            try await endpoints.respond(to: "POST", "/check?timeout=10s", contentType: "application/json") { _ in
                review.encoded()
            }.status
        }
        #expect(status == 200)
        #expect(spans.all.map(\.name) == ["admission /check"])
        let attributes = spans.attributes(of: "admission /check")
        #expect(attributes["request"] == "CREATE pods shop/web")
        #expect(attributes["allowed"] == "bool(false)")
        #expect(attributes["http.response.status_code"] == "int64(200)")
    }
}

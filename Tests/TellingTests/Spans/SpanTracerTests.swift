import Synchronization
import Testing
import Tracing

@testable import Telling

struct SpanTracerTests {
    private final class Finished: Sendable {
        private let spans = Mutex<[FinishedSpan]>([])
        var value: [FinishedSpan] { spans.withLock { $0 } }
        func add(_ span: FinishedSpan) { spans.withLock { $0.append(span) } }
    }

    private struct Trouble: Error, CustomStringConvertible {
        var description: String { "it broke" }
    }

    private let finished = Finished()

    private func tracer(ratio: Double = 1) -> SpanTracer { SpanTracer(ratio: ratio) { [finished] in finished.add($0) } }

    @Test func childrenAreOfTheirParentsTrace() throws {
        tracer().withSpan("parent") { _ in
            tracer().withSpan("child", ofKind: .client) { $0.attributes["verb"] = "patch" }
        }
        let spans = finished.value
        try #require(spans.map(\.name) == ["child", "parent"])
        #expect(spans[0].identity.traceID == spans[1].identity.traceID)
        #expect(spans[0].parent == spans[1].identity.spanID)
        #expect(spans[1].parent == nil)
        #expect(spans[0].kind == .client)
        #expect(spans[0].start >= spans[1].start && spans[0].end <= spans[1].end)
        #expect(spans[0].attributes["verb"] != nil)
    }

    @Test func anErrorIsAFailureInItsOwnWords() throws {
        #expect(throws: Trouble.self) { try tracer().withSpan("failing") { _ in throw Trouble() } }
        let span = try #require(finished.value.first)
        #expect(span.failure == "it broke")
        #expect(span.events.map(\.name) == ["exception"])
    }

    @Test func aTraceIsSampledWholeOrNotAtAll() {
        let tracer = tracer(ratio: 0.25)
        for _ in 0..<2_000 { tracer.withSpan("parent") { _ in tracer.withSpan("child") { _ in } } }
        let traces = Dictionary(grouping: finished.value) { $0.identity.traceID }
        #expect(traces.values.allSatisfy { $0.count == 2 })
        #expect((350...650).contains(traces.count))
    }

    @Test func nothingIsRecordedAtRatioZero() {
        tracer(ratio: 0).withSpan("unseen") { span in
            #expect(!span.isRecording)
            span.attributes["a"] = "b"
        }
        #expect(finished.value.isEmpty)
    }

    @Test func aSpanEndsOnce() {
        let span = tracer().startSpan("once")
        span.end()
        span.end()
        #expect(finished.value.count == 1)
    }

    @Test func eventsAreBounded() throws {
        tracer().withSpan("busy") { span in for number in 0..<100 { span.addEvent(SpanEvent(name: "\(number)")) } }
        #expect(try #require(finished.value.first).events.count == 16)
    }

    @Test func theSpanIsNamedToOthersAsW3CSays() throws {
        struct Headers: Injector {
            func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
                carrier[key] = value
            }
        }
        var headers: [String: String] = [:]
        tracer().withSpan("parent") { tracer().inject($0.context, into: &headers, using: Headers()) }
        let identity = try #require(finished.value.first).identity
        #expect(headers == ["traceparent": "00-\(identity.traceID)-\(identity.spanID)-01"])
    }
}

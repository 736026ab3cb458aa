import KubeRuntime
import Testing
import Tracing

@testable import Telling

struct SpanBufferTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Int) -> TimeSource.Instant { start.advanced(by: .seconds(seconds)) }

    private func span(_ name: String) -> FinishedSpan {
        FinishedSpan(
            name: name,
            kind: .internal,
            identity: SpanIdentity(traceID: .init(high: 1, low: 1), spanID: .init(1), isSampled: true),
            parent: nil,
            start: 0,
            end: 0,
            attributes: [:],
            failure: nil,
            events: []
        )
    }

    private func taken(
        _ buffer: inout SpanBuffer,
        at seconds: Int,
        isLast: Bool = false
    ) -> [String] {
        buffer.take(now: after(seconds), isLast: isLast).map(\.name)
    }

    @Test func aBatchGoesWhenTheOldestHasWaitedOrWhenItIsFull() {
        var buffer = SpanBuffer(capacity: 10, batch: 3, interval: .seconds(5))
        let isDueAtFirst = buffer.due == nil
        #expect(isDueAtFirst)
        var isTaken = buffer.add(span("a"), now: start)
        #expect(isTaken)
        #expect(taken(&buffer, at: 4) == [])
        isTaken = buffer.add(span("b"), now: after(4))
        #expect(isTaken)
        #expect(taken(&buffer, at: 5) == ["a", "b"])
        for name in ["c", "d", "e", "f"] { _ = buffer.add(span(name), now: after(6)) }
        #expect(taken(&buffer, at: 6) == ["c", "d", "e"])
        #expect(taken(&buffer, at: 6) == [])
        #expect(taken(&buffer, at: 11) == ["f"])
        let isEmpty = buffer.isEmpty
        #expect(isEmpty)
    }

    @Test func whatHasNoRoomIsRefusedAndTheEndTakesAll() {
        var buffer = SpanBuffer(capacity: 2, batch: 10, interval: .seconds(5))
        let taken = ["a", "b", "c"].map { buffer.add(span($0), now: start) }
        #expect(taken == [true, true, false])
        #expect(self.taken(&buffer, at: 0, isLast: true) == ["a", "b"])
        _ = buffer.add(span("d"), now: start)
        let left = buffer.removeAll()
        #expect(left == 1)
    }
}

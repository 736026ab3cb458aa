import Testing

@testable import KubeTransport

@Suite struct BodyBufferTests {
    private let failure = TransportError(.truncated, "cut short", wasSent: true)

    private func append(_ bytes: [UInt8], to buffer: inout BodyBuffer) -> Bool {
        bytes.withUnsafeBytes { buffer.append($0) }
    }

    @Test func whatCameSinceTheLastReadComesAsOneChunk() {
        var buffer = BodyBuffer(capacity: 10)
        #expect(buffer.read() == .empty)
        #expect(append([1, 2], to: &buffer))
        #expect(append([3], to: &buffer))
        #expect(buffer.read() == .chunk([1, 2, 3], resume: false))
        #expect(buffer.read() == .empty)
    }

    @Test func whatDoesNotFitIsRefusedWholeUntilARead() {
        var buffer = BodyBuffer(capacity: 4)
        #expect(append([1, 2, 3], to: &buffer))
        #expect(!append([4, 5], to: &buffer))
        #expect(!append([4, 5], to: &buffer))
        #expect(buffer.read() == .chunk([1, 2, 3], resume: true))
        #expect(append([4, 5], to: &buffer))
        #expect(append([6, 7], to: &buffer))
        #expect(buffer.read() == .chunk([4, 5, 6, 7], resume: false))
    }

    @Test func aPieceAboveTheCapacityFitsAnEmptyBuffer() {
        var buffer = BodyBuffer(capacity: 2)
        #expect(append([1, 2, 3], to: &buffer))
        #expect(!append([4], to: &buffer))
        #expect(buffer.read() == .chunk([1, 2, 3], resume: true))
    }

    @Test func theEndComesAfterTheBytesAndStays() {
        var buffer = BodyBuffer(capacity: 10)
        #expect(append([1], to: &buffer))
        buffer.finish(nil)
        #expect(buffer.read() == .chunk([1], resume: false))
        #expect(buffer.read() == .end(nil))
        #expect(buffer.read() == .end(nil))
    }

    @Test func onlyTheFirstEndCounts() {
        var buffer = BodyBuffer(capacity: 10)
        buffer.finish(failure)
        buffer.finish(nil)
        #expect(buffer.read() == .end(failure))
    }

    @Test func discardingDropsTheBytesAndSwallowsLaterOnes() {
        var buffer = BodyBuffer(capacity: 2)
        #expect(append([1, 2], to: &buffer))
        buffer.discard(failure)
        #expect(append([3, 4, 5], to: &buffer))
        #expect(append([6], to: &buffer))
        #expect(buffer.read() == .end(failure))
    }
}

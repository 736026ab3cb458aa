import NIOCore
import TestSupport
import Testing

@testable import XDS

/// What may be used at once, and what comes back.
struct AllowanceTests {
    private let start = ContinuousClock.now

    @Test func someAtOnceAndThenOneByOne() {
        var allowances = KeyedAllowances<String>(burst: 3, interval: .seconds(2), keys: 10)
        let first = (1...5).map { _ in allowances.use("a", now: start) }
        #expect(first == [0, 0, 0, nil, nil])
        #expect(!allowances.isAllowed("a", now: start) && allowances.isAllowed("b", now: start))
        #expect(allowances.use("a", now: start + .seconds(1)) == nil)
        // How many were refused is told with the next that is not.
        #expect(allowances.use("a", now: start + .seconds(2)) == 3)
        #expect(allowances.use("a", now: start + .seconds(3)) == nil)
        #expect((1...4).map { _ in allowances.use("a", now: start + .seconds(60)) } == [1, 0, 0, nil])
    }

    @Test func keysAreBounded() {
        var allowances = KeyedAllowances<Int>(burst: 1, interval: .seconds(10), keys: 5)
        for key in 1...100 { allowances.use(key, now: start) }
        #expect(allowances.count == 5)
        // The rest share one.
        #expect(!allowances.isAllowed(101, now: start))
        // Those that used nothing for a while are forgotten.
        #expect(allowances.use(101, now: start + .seconds(10)) == 0)
        #expect(allowances.count == 1)
    }

    @Test func aStreamThatCostsMuchIsReadLater() {
        var allowance = WorkAllowance(share: 0.1, burst: .seconds(1), now: start)
        // A start, however the work is spread.
        for _ in 1...9 { #expect(allowance.spend(.milliseconds(100), now: start) == .zero) }
        func isASecond(_ pause: Duration) -> Bool { pause > .milliseconds(999) && pause < .milliseconds(1001) }
        var pause = allowance.spend(.milliseconds(200), now: start)
        #expect(isASecond(pause))
        pause = allowance.spend(.milliseconds(100), now: start + .seconds(1))
        #expect(isASecond(pause))
        // One that asks as fast as it may gets a tenth of the time.
        var now = start + .seconds(2)
        var worked = Duration.zero
        while now < start + .seconds(102) {
            worked += .milliseconds(10)
            now += .milliseconds(10)
            now += allowance.spend(.milliseconds(10), now: now)
        }
        #expect(worked <= .seconds(11), "\(worked)")
        // And all of it back after a while.
        #expect(allowance.spend(.seconds(1), now: now + .seconds(20)) == .zero)
    }

    @Test(arguments: [1, 2, 7, 23, 1000])
    func framesAreCountedHoweverTheyAreCut(size: Int) {
        var bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        for length in [0, 1, 300, 0, 5] {
            bytes +=
                [0, UInt8(length >> 8), UInt8(length & 255), 0, 0, 0, 0, 0, 1] + [UInt8](repeating: 7, count: length)
        }
        var meter = FrameMeter()
        for piece in bytes.chunks(of: size) { meter.take(ByteBuffer(bytes: piece)) }
        #expect(meter.frames == 5)
        #expect(meter.bytes == bytes.count)
        meter.reset()
        meter.take(ByteBuffer(bytes: [0, 0, 1, 0, 0, 0, 0, 0, 1]))
        #expect(meter.frames == 1 && meter.bytes == 9)
    }
}

import KubeModel
import Testing

@testable import Operator

/// Which tokens are asked about, as time goes on.
struct ReviewGateTests {
    private let start = ContinuousClock.now
    private let claimant = ReviewGate.Claimant(address: "10.1.0.1", pod: nil)

    @Test func aRefusalIsForgottenAfterAWhile() {
        var gate = ReviewGate()
        gate.reviewed([1], of: claimant, .refused("no"), now: start)
        #expect(gate.decide([1], of: claimant, now: start + .seconds(59)) == .refused("no"))
        #expect(gate.decide([1], of: claimant, now: start + .seconds(60)) == .review)
        #expect(gate.decide([2], of: claimant, now: start) == .review)
    }

    @Test func refusalsAreCountedByAddressAndPod() {
        var gate = ReviewGate()
        for number in 0..<10 { gate.reviewed([UInt8(number)], of: claimant, .refused("no"), now: start) }
        let later = ReviewGate.Decision.later("too many tokens of 10.1.0.1 were refused")
        #expect(gate.decide([99], of: claimant, now: start) == later)
        // A pod behind the address, another address, and after a moment.
        #expect(gate.decide([99], of: .init(address: "10.1.0.1", pod: UID("a")), now: start) == .review)
        #expect(gate.decide([99], of: .init(address: "10.1.0.2", pod: nil), now: start) == .review)
        #expect(gate.decide([99], of: claimant, now: start + .seconds(2)) == .review)
    }

    @Test func restsAreLongerAndLonger() {
        var gate = ReviewGate()
        let later = ReviewGate.Decision.later("the API server does not review tokens at present")
        func fail(_ count: Int, at offset: Duration) {
            for _ in 0..<count { gate.reviewed([1], of: claimant, .failed, now: start + offset) }
        }
        func decide(_ offset: Duration) -> ReviewGate.Decision {
            gate.decide([1], of: claimant, now: start + offset)
        }
        fail(4, at: .zero)
        #expect(decide(.zero) == .review)
        fail(3, at: .zero)
        #expect(decide(.milliseconds(499)) == later)
        #expect(decide(.milliseconds(500)) == .review)
        // One more, and it rests twice as long.
        fail(1, at: .milliseconds(500))
        #expect(decide(.milliseconds(1499)) == later)
        #expect(decide(.milliseconds(1500)) == .review)
        gate.reviewed([1], of: claimant, .accepted, now: start + .milliseconds(1500))
        fail(4, at: .milliseconds(1500))
        #expect(decide(.milliseconds(1500)) == .review)
    }

    @Test func whatIsRememberedIsBounded() {
        var gate = ReviewGate()
        for number in 0..<3 * ReviewGate.rememberedTokens {
            let address = ReviewGate.Claimant(address: "\(number)", pod: nil)
            gate.reviewed([UInt8(number & 255), UInt8(number >> 8)], of: address, .refused("no"), now: start)
        }
        #expect(gate.rememberedCount <= ReviewGate.rememberedTokens)
    }
}

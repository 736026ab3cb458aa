import KubeRuntime
import Testing

struct BackoffPolicyTests {
    private let policy = BackoffPolicy(base: .milliseconds(5), cap: .seconds(300))

    @Test(
        arguments: [(0, 5), (1, 10), (10, 5120), (15, 163_840), (16, 300_000), (1_000_000_000, 300_000)]
    )
    func theCeilingDoublesUpToTheCap(failures: Int, milliseconds: Int) {
        #expect(policy.ceiling(previousFailures: failures) == .milliseconds(milliseconds))
    }

    @Test func theCapCountsAlsoBelowTheBase() {
        let policy = BackoffPolicy(base: .seconds(10), cap: .seconds(1))
        #expect(policy.ceiling(previousFailures: 0) == .seconds(1))
    }

    @Test func delaysAreSpreadEvenlyOverTheWholeInterval() {
        var random = SplitMix64(seed: 7)
        var quarters = [0, 0, 0, 0]
        for _ in 0..<4000 {
            let delay = policy.delay(previousFailures: 20, using: &random)
            quarters[min(3, Int(delay / .seconds(75)))] += 1
        }
        #expect(quarters.allSatisfy { (900...1100).contains($0) })
    }

    @Test func aMinimumIsKept() {
        var random = SplitMix64(seed: 7)
        #expect(policy.delay(previousFailures: 0, minimum: .seconds(9), using: &random) == .seconds(9))
    }
}

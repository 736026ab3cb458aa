import JSON
import KubeModel
import PollingSupport
import Subprocess
import SwiftletAPI
import TestSupport
import Testing

extension BadDays {
    /// The operator is killed again and again while people and others change things.
    @Suite struct Kills {
        /// For each kill.
        private static let steps = 8
        private static let pace = Duration.milliseconds(250)
        /// A lease that its dead holder does not keep from others for long.
        private static let lease = ["--lease-duration", "1", "--renew-deadline", "0.8", "--retry-period", "0.2"]

        /// Two namespaces go through the same story, one with an operator that is left alone.
        @Test func nothingIsDoubledAndNothingLost() async throws {
            let steps = Churn.steps(seed: BadDayOptions.seed, count: BadDayOptions.kills * Self.steps)
            try await TestCluster.withNamespace { calm in
                try await TestCluster.withNamespace { disturbed in
                    for space in [calm, disturbed] { try await Churn.prepare(space) }
                    try await LiveOperator.run(["--namespace", calm.name, "--no-leader-election"]) { undisturbed in
                        async let story: Void = Churn.play(steps, in: [calm, disturbed], pace: Self.pace)
                        let starts = try await kills(disturbed)
                        try await story
                        try await LiveOperator.run(["--namespace", disturbed.name]) { _ in
                            try await compare(calm, disturbed)
                            BadDayOptions.tell(
                                "\(BadDayOptions.kills) kills in \(steps.count) steps, seed \(BadDayOptions.seed): "
                                    + "\(try await NamespaceState(of: calm).objects.count) objects are the same; "
                                    + "\(starts) of the killed operators had begun to reconcile, "
                                    + "the undisturbed one wrote \(try await undisturbed.writes()) times"
                            )
                        }
                        #expect(starts * 2 > BadDayOptions.kills, "most are killed before they do anything")
                    }
                }
            }
        }

        /// - Returns: how many of the operators had begun to reconcile.
        private func kills(_ space: TestNamespace) async throws -> Int {
            var random = SeededGenerator(seed: BadDayOptions.seed &+ 1)
            var starts = 0
            for _ in 0..<BadDayOptions.kills {
                // A third is killed at its start, the others at work.
                let isEarly = Int.random(in: 0..<3, using: &random) == 0
                let life = Duration.milliseconds(Int.random(in: 0...2_500, using: &random))
                let hasBegun = try await LiveOperator.run(["--namespace", space.name] + Self.lease, endsBy: .kill) {
                    live in
                    if !isEarly {
                        try await eventually("it begins") { try live.logged().contains("controllers begin") }
                    }
                    try await Task.sleep(for: life)
                    return try live.logged().contains("controllers begin")
                }
                starts += hasBegun ? 1 : 0
            }
            return starts
        }

        private func compare(_ calm: TestNamespace, _ disturbed: TestNamespace) async throws {
            var differences: [String] = []
            do {
                try await eventually("both are the same", within: .seconds(180)) {
                    for space in [calm, disturbed] { try await Churn.startPods(in: space) }
                    let states = (try await NamespaceState(of: calm), try await NamespaceState(of: disturbed))
                    differences = states.0.differences(from: states.1)
                    differences += (states.0.orphans + states.1.orphans).map { "\($0) has no owner" }
                    return differences.isEmpty && states.0.objects.count > 10
                }
            } catch is NeverHappened {
                Issue.record("seed \(BadDayOptions.seed): \(differences.prefix(20).joined(separator: "\n"))")
            }
        }
    }
}

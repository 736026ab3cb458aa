import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import Testing
import WebServers

@testable import Operator

/// What a dry run says is what then happens.
///
/// Random pairs of specs: the first is made to be, then the second is predicted and made to be, and both are compared object for object.
@Suite(TestCluster.isThere)
struct PredictionTests {
    private static let pairs = 240
    private static let workers = 8

    @Test(.timeLimit(.minutes(2)))
    func theServersPredictionIsWhatHappensAndNothingFollows() async throws {
        try await TestCluster.withNamespace { space in
            try await prepare(space)
            let results = try await withThrowingTaskGroup(of: PairResult.self) { tasks in
                var results: [PairResult] = []
                for index in 0..<Self.pairs {
                    if index >= Self.workers, let result = try await tasks.next() { results.append(result) }
                    tasks.addTask { try await PredictedPair(space: space, seed: UInt64(index)).run() }
                }
                for try await result in tasks { results.append(result) }
                return results
            }
            let problems = results.flatMap(\.problems)
            #expect(problems.isEmpty, "\(problems.prefix(10).joined(separator: "\n"))")
            #expect(results.count == Self.pairs)
            let compared = results.map(\.compared).reduce(0, +)
            let changed = results.map(\.changed).reduce(0, +)
            // Else the pairs would not be worth much.
            #expect(compared > 4 * Self.pairs)
            #expect(changed > 2 * Self.pairs)
            let disagreements = results.flatMap(\.localDisagreements)
            print("predictions: \(compared) objects compared, \(changed) of them changed; \(disagreements.count) differ locally")
            #expect(disagreements.isEmpty, "\(disagreements.prefix(10).joined(separator: "\n"))")
        }
    }

    /// What the specs of ``SpecGenerator`` name.
    private func prepare(_ space: TestNamespace) async throws {
        for (name, mode) in [("once", "ReadWriteOnce"), ("many", "ReadWriteMany")] {
            let spec: JSONValue = [
                "accessModes": [.string(mode)], "resources": ["requests": ["storage": "1Gi"]],
                "storageClassName": "none",
            ]
            try await space.create(.persistentVolumeClaims, name, ["spec": spec])
        }
        try await space.create(.configMaps, "settings", ["data": ["a": "1"]])
        try await space.create(.secrets, "secrets", ["stringData": ["b": "2"]])
    }
}

/// What was found out about one pair.
struct PairResult: Sendable {
    /// Objects whose prediction was compared with what happened.
    var compared = 0
    /// How many of them changed.
    var changed = 0
    /// Where the server's prediction was wrong, or something was left to do.
    var problems: [String] = []
    /// Where the prediction without a server was wrong, other than by defaults.
    var localDisagreements: [String] = []
}

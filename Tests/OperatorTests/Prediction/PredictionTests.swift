import JSON
import KubeModel
import Testing

/// What a dry run says is what then happens.
///
/// Random pairs of specs: when the first is real, the second is predicted and made real, and both are compared object for object. The
/// second of a pair is the first of the next.
@Suite(TestCluster.isThere)
struct PredictionTests {
    private static let pairs = 200
    private static let histories = pairs / PredictedHistory.changes
    private static let workers = 8

    @Test(.timeLimit(.minutes(20)))
    func theServersPredictionIsWhatHappensAndNothingFollows() async throws {
        try await TestCluster.withNamespace { space in
            try await prepare(space)
            let results = try await withThrowingTaskGroup(of: PredictionResult.self) { tasks in
                var results: [PredictionResult] = []
                for index in 0..<Self.histories {
                    if index >= Self.workers, let result = try await tasks.next() { results.append(result) }
                    tasks.addTask { try await PredictedHistory(space: space, seed: UInt64(index)).run() }
                }
                for try await result in tasks { results.append(result) }
                return results
            }
            let problems = results.flatMap(\.problems)
            #expect(problems.isEmpty, "\(problems.prefix(10).joined(separator: "\n"))")
            let disagreements = results.flatMap(\.disagreements)
            #expect(disagreements.isEmpty, "\(disagreements.prefix(10).joined(separator: "\n"))")
            #expect(results.map(\.pairs).reduce(0, +) == Self.pairs)
            // Else the pairs would not be worth much.
            #expect(results.map(\.compared).reduce(0, +) > 3 * Self.pairs)
            #expect(results.map(\.changed).reduce(0, +) > Self.pairs)
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

/// What was found out about one WebServer.
struct PredictionResult: Sendable {
    /// Pairs of specs.
    var pairs = 0
    /// Objects whose prediction was compared with what happened.
    var compared = 0
    /// How many of them changed.
    var changed = 0
    /// Where the server's prediction was wrong, or something was left to do.
    var problems: [String] = []
    /// Where the prediction without a server was wrong, other than by defaults.
    var disagreements: [String] = []
}

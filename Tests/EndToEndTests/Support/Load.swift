import Foundation
import Testing

/// What came of many requests to one address.
struct Load: Sendable {
    /// How often something was counted: by `status 200`, `body Hello`, `failed`.
    private var counts: [String: Int]
    /// As the generator printed it.
    let report: String

    private static let generator = ProcessInfo.processInfo.environment["SWIFTLET_LOAD"] ?? ""

    /// For suites that need the generator and a way for pods to this machine.
    static let isThere = ConditionTrait.enabled(
        if: !generator.isEmpty && !MeshFlags.hostAddress.isEmpty,
        "needs a load generator and an address of this machine that pods reach: set SWIFTLET_LOAD and SWIFTLET_HOST_ADDRESS"
    )

    /// Sends requests and waits for the answers.
    static func run(_ url: String, _ options: String...) async throws -> Load {
        let run = try await Program.run(generator, [url] + options)
        var counts: [String: Int] = [:]
        for line in run.output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2, let count = Int(words[0]) { counts[String(words[1]), default: 0] += count }
        }
        return Load(counts: counts, report: run.output + run.errors)
    }

    /// Answers that begin with a text, up to what changes from one to the next.
    func answers(_ body: String) -> Int { counts["body \(body)"] ?? 0 }

    /// `nil` if the generator did not come to its end.
    var failed: Int? { counts["failed"] }
}

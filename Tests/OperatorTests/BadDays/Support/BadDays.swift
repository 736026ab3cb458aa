import Foundation
import Testing

/// How long bad days are, from the environment. `make soak` makes them long.
enum BadDayOptions {
    private static let environment = ProcessInfo.processInfo.environment

    static let areAskedFor = ConditionTrait.enabled(
        if: environment["SWIFTLET_BAD_DAYS"] == "1",
        "takes minutes: set SWIFTLET_BAD_DAYS=1"
    )

    /// How long the API server is away, in seconds.
    static let outage = number("SWIFTLET_OUTAGE_SECONDS", 12)
    /// How often the operator is killed.
    static let kills = number("SWIFTLET_KILLS", 15)
    /// How long there is churn while memory is watched, in seconds.
    static let churn = number("SWIFTLET_CHURN_SECONDS", 60)
    /// How many WebServers are deleted at once.
    static let crowd = number("SWIFTLET_CROWD", 150)
    /// Of everything that is random. Failures name it.
    static let seed = UInt64(number("SWIFTLET_SEED", Int.random(in: 1...1_000_000)))

    private static func number(_ variable: String, _ otherwise: Int) -> Int {
        environment[variable].flatMap { Int($0) } ?? otherwise
    }

    /// Tells a figure that a person wants to see when the test passes, too.
    static func tell(_ text: String) { FileHandle.standardError.write(Data("    \(text)\n".utf8)) }
}

/// Tests of what goes wrong around an operator: on a real API server, with the operator as a process of its own.
///
/// They take minutes and much of a machine, and are run on their own: `SWIFTLET_BAD_DAYS` asks for them. See ``BadDayOptions``.
///
/// These are in namespaces of their own, side by side.
@Suite(TestCluster.isThere, BadDayOptions.areAskedFor, .timeLimit(.minutes(40)))
enum BadDays {}

/// Those that concern a whole cluster, one after another.
@Suite(TestCluster.isThere, BadDayOptions.areAskedFor, .serialized, .timeLimit(.minutes(40)))
enum BadClusterDays {}

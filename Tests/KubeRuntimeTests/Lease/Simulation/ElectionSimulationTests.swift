import Foundation
import KubeRuntime
import Synchronization
import Testing

/// `SWIFTLET_SCHEDULES` says how many schedules are tried; `SWIFTLET_SCHEDULE` names the one to repeat.
struct ElectionSimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let schedules = UInt64(environment["SWIFTLET_SCHEDULES"] ?? "") ?? 20_000

    /// Gives out seeds until something is found.
    private final class Search: Sendable {
        private struct State {
            var next: UInt64
            var finding: ElectionSimulation.Finding?
        }

        private let state: Mutex<State>
        private let end: UInt64

        init(next: UInt64, end: UInt64) {
            state = Mutex(State(next: next))
            self.end = end
        }

        var finding: ElectionSimulation.Finding? { state.withLock { $0.finding } }

        func take() -> UInt64? {
            state.withLock { state in
                guard state.finding == nil, state.next < end else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func end(with finding: ElectionSimulation.Finding?) { state.withLock { $0.finding = finding } }
    }

    /// Tries schedules on all processors, until one finds something.
    private static func search(
        _ seeds: Range<UInt64>,
        flaw: ElectionSimulation.Flaw = .none
    ) async -> (ElectionSimulation.Tally, ElectionSimulation.Finding?) {
        let search = Search(next: seeds.lowerBound, end: seeds.upperBound)
        let tally = await withTaskGroup(of: ElectionSimulation.Tally.self) { group in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                group.addTask { await run(search, flaw: flaw) }
            }
            return await group.reduce(into: ElectionSimulation.Tally()) { $0.add($1) }
        }
        return (tally, search.finding)
    }

    /// On a thread of its own: those of tasks are needed by all other tests of this process.
    private static func run(_ search: Search, flaw: ElectionSimulation.Flaw) async -> ElectionSimulation.Tally {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var tally = ElectionSimulation.Tally()
                while let seed = search.take() {
                    var simulation = ElectionSimulation(seed: seed, flaw: flaw)
                    do { try simulation.run() } catch { search.end(with: error as? ElectionSimulation.Finding) }
                    tally.add(simulation.tally)
                }
                continuation.resume(returning: tally)
            }
        }
    }

    @Test func noScheduleLetsADeposedLeaderWrite() async throws {
        if let seed = UInt64(Self.environment["SWIFTLET_SCHEDULE"] ?? "") {
            var simulation = ElectionSimulation(seed: seed)
            return try simulation.run()
        }
        let (tally, finding) = await Self.search(0..<Self.schedules)
        if let finding { Issue.record("\(finding)") }
        // Schedules that nothing happens in would prove nothing.
        #expect(tally.terms > 2 * Int(Self.schedules))
        #expect(tally.writes > 5 * Int(Self.schedules))
        #expect(tally.heldBack > Int(Self.schedules) / 4)
        print("\(Self.schedules) schedules: \(tally)")
    }

    /// The simulation is worth its time only if it finds what is there to be found.
    private static let flaws = ElectionSimulation.Flaw.allCases.filter { $0 != .none }

    @Test(arguments: flaws)
    func whatIsLeftOutIsFound(_ flaw: ElectionSimulation.Flaw) async throws {
        let (_, finding) = await Self.search(0..<20_000, flaw: flaw)
        #expect(finding != nil, "no stray write was found with \(flaw)")
        if let finding { print("\(flaw): \(finding)") }
    }
}

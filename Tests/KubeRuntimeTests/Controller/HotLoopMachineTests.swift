import KubeRuntime
import Testing

struct HotLoopMachineTests {
    /// A machine behind a reference, as the testing macros take no values that cannot be copied.
    private final class Loops {
        private var machine: HotLoopMachine<String>
        init(_ options: HotLoopOptions) { machine = HotLoopMachine(options: options) }
        func admit(_ key: String, generation: Int64?, _ time: Duration) -> HotLoopMachine<String>.Verdict {
            machine.admit(key, generation: generation, now: at(time))
        }
    }

    private let loops: Loops

    init() {
        var options = HotLoopOptions()
        options.runs = 3
        options.shortestHold = .seconds(1)
        options.longestHold = .seconds(4)
        loops = Loops(options)
    }

    @Test func aLoopIsToldOnceAndHeldBackEverLonger() {
        for _ in 0..<3 { #expect(loops.admit("a", generation: 1, .zero) == .run) }
        #expect(loops.admit("a", generation: 1, .zero) == .hold(.seconds(1), isFirst: true))
        #expect(loops.admit("a", generation: 1, .seconds(1)) == .run)
        #expect(loops.admit("a", generation: 1, .seconds(1)) == .hold(.seconds(2), isFirst: false))
        #expect(loops.admit("a", generation: 1, .seconds(3)) == .run)
        #expect(loops.admit("a", generation: 1, .seconds(3)) == .hold(.seconds(4), isFirst: false))
        #expect(loops.admit("a", generation: 1, .seconds(7)) == .run)
        #expect(loops.admit("a", generation: 1, .seconds(100)) == .hold(.seconds(4), isFirst: false))
        #expect(loops.admit("b", generation: 1, .seconds(7)) == .run)
    }

    @Test func aNewGenerationIsAnEditAndNoLoop() {
        for generation in 1...50 as ClosedRange<Int64> {
            #expect(loops.admit("a", generation: generation, .zero) == .run)
        }
    }

    @Test func runsThatAreSpreadOutAreNoLoop() {
        for minute in 0..<20 { #expect(loops.admit("a", generation: 1, .seconds(31 * minute)) == .run) }
    }

    @Test func aKeyThatRestedIsCured() {
        for _ in 0..<4 { _ = loops.admit("a", generation: 1, .zero) }
        #expect(loops.admit("a", generation: 1, .seconds(1)) == .run)
        for _ in 0..<3 { #expect(loops.admit("a", generation: 1, .seconds(200)) == .run) }
        #expect(loops.admit("a", generation: 1, .seconds(200)) == .hold(.seconds(1), isFirst: true))
    }
}

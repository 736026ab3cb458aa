import JSON
import KubeModel
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
        /// - Parameter contents: of writes to one object.
        func wrote(_ contents: [Int], _ key: String, generation: Int64? = 1, _ time: Duration) -> Bool {
            machine.wrote(
                contents.map { ReconcileWrites.Write(target: 7, content: $0) },
                key,
                generation: generation,
                now: at(time)
            )
        }
    }

    private let loops: Loops

    init() {
        var options = HotLoopOptions()
        options.repeats = 3
        options.writes = 50
        options.shortestHold = .seconds(1)
        options.longestHold = .seconds(4)
        loops = Loops(options)
    }

    /// Writes the same until it is a loop.
    private func loop(_ key: String, _ time: Duration) {
        for _ in 0..<4 { #expect(!loops.wrote([1], key, time)) }
        #expect(loops.wrote([1], key, time))
    }

    @Test func aLoopIsToldOnceAndHeldBackEverLonger() {
        loop("a", .zero)
        for (time, hold) in [(0, 1), (1, 2), (3, 4), (7, 4)] {
            #expect(loops.admit("a", generation: 1, .seconds(time)) == .hold(.seconds(hold)))
            #expect(loops.admit("a", generation: 1, .seconds(time + hold)) == .run)
            #expect(!loops.wrote([1], "a", .seconds(time + hold)))
        }
        #expect(loops.admit("b", generation: 1, .seconds(7)) == .run)
    }

    @Test func progressIsNoLoop() {
        for second in 0..<49 {
            #expect(!loops.wrote([second], "a", .seconds(second)))
            #expect(loops.admit("a", generation: 1, .seconds(second)) == .run)
        }
    }

    /// Counts that go up and down say something else each time, and were not undone by others.
    @Test func whatGoesToAndFroIsNoLoopUntilItIsVeryMuch() {
        for write in 0..<50 { #expect(!loops.wrote([write % 2], "a", .milliseconds(100 * write))) }
        #expect(loops.wrote([0], "a", .seconds(6)))
    }

    @Test func runsThatWriteNothingAreNoLoop() {
        for _ in 0..<1000 {
            #expect(loops.admit("a", generation: 1, .zero) == .run)
            #expect(!loops.wrote([], "a", .zero))
        }
    }

    @Test func aNewGenerationIsAnEditAndNoLoop() {
        for generation in 1...50 as ClosedRange<Int64> {
            #expect(loops.admit("a", generation: generation, .zero) == .run)
            #expect(!loops.wrote([1], "a", generation: generation, .zero))
        }
    }

    @Test func anEditEndsALoop() {
        loop("a", .zero)
        #expect(loops.admit("a", generation: 2, .zero) == .run)
        #expect(loops.admit("a", generation: 2, .zero) == .run)
    }

    @Test func writesThatAreSpreadOutAreNoLoop() {
        for minute in 0..<20 { #expect(!loops.wrote([1], "a", .seconds(31 * minute))) }
    }

    /// What the other did is over: what comes then is not to wait.
    @Test func aKeyThatRepeatedNothingForAWhileIsCured() {
        loop("a", .zero)
        #expect(loops.admit("a", generation: 1, .seconds(1)) == .hold(.seconds(1)))
        #expect(loops.admit("a", generation: 1, .seconds(2)) == .run)
        for second in [10, 40] { #expect(!loops.wrote([second], "a", .seconds(second))) }
        #expect(loops.admit("a", generation: 1, .seconds(61)) == .run)
        #expect(loops.admit("a", generation: 1, .seconds(61)) == .run)
        loop("a", .seconds(62))
    }

    @Test func contentIsWhatIsSaidAndNotWhen() {
        func status(_ text: String, at time: String) -> JSONValue {
            ["conditions": [["type": "Ready", "status": .string(text), "lastTransitionTime": .string(time)]]]
        }
        let writes = ReconcileWrites()
        let key = ObjectKey(namespace: "a", name: "web")
        let kind = GroupKind(group: "", kind: "Thing")
        writes.note(kind, key, content: status("True", at: "1"))
        writes.note(kind, key, content: status("True", at: "2"))
        writes.note(kind, key, content: status("False", at: "2"))
        writes.note(kind, key, part: "status", content: status("True", at: "1"))
        writes.note(kind, ObjectKey(namespace: "b", name: "web"), content: status("True", at: "1"))
        writes.note(kind, key, content: nil)
        let all = writes.all
        #expect(all[0] == all[1] && all[0].content != all[2].content && all[0].target == all[2].target)
        #expect(all[0].target != all[3].target && all[0].target != all[4].target)
        #expect(all[5].target == all[0].target && all[5].content != all[0].content)
    }
}

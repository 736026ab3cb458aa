import Testing

@testable import KubeTransport

@Suite struct DeadlineQueueTests {
    private func at(_ nanoseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: nanoseconds)
    }

    @Test func deadlinesExpireEarliestFirstAndNotBeforeTheirTime() {
        var queue = DeadlineQueue<String>()
        queue.set("c", to: at(30))
        queue.set("a", to: at(10))
        queue.set("b", to: at(20))
        #expect(queue.earliest == at(10))
        #expect(queue.popExpired(at: at(9)) == nil)
        #expect(queue.popExpired(at: at(25)) == "a")
        #expect(queue.popExpired(at: at(25)) == "b")
        #expect(queue.popExpired(at: at(25)) == nil)
        #expect(queue.earliest == at(30))
    }

    @Test func aDeadlineCanBeMovedAndRemoved() {
        var queue = DeadlineQueue<String>()
        queue.set("a", to: at(10))
        queue.set("b", to: at(20))
        queue.set("a", to: at(30))
        #expect(queue.earliest == at(20))
        queue.set("b", to: nil)
        queue.set("b", to: nil)
        #expect(queue.earliest == at(30))
        #expect(queue.count == 1)
    }

    @Test(arguments: 0..<20)
    func anyHistoryAgreesWithASortedList(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var queue = DeadlineQueue<Int>()
        var model: [Int: Int64] = [:]
        for _ in 0..<2000 {
            let id = Int.random(in: 0..<50, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let deadline = Int64.random(in: 0..<1000, using: &random)
                queue.set(id, to: at(deadline))
                model[id] = deadline
            case 2:
                queue.set(id, to: nil)
                model[id] = nil
            default:
                let now = Int64.random(in: 0..<300, using: &random)
                let expired = queue.popExpired(at: at(now))
                #expect((expired == nil) == model.values.allSatisfy { $0 > now })
                if let expired {
                    #expect(model[expired] == model.values.min())
                    model[expired] = nil
                }
            }
            #expect(queue.earliest?.nanoseconds == model.values.min())
            #expect(queue.count == model.count)
        }
    }
}

/// A generator whose numbers depend on the seed alone.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

import KubeRuntime
import Testing

struct WorkQueueMachineTests {
    private func take(_ queue: QueueUnderTest<String>, _ time: Duration = .zero) -> String? {
        queue.take(now: at(time))?.key
    }

    @Test func aKeyAddedTwiceIsGivenOutOnce() {
        let queue = QueueUnderTest<String>(seed: 1)
        #expect(queue.add("a", now: at(.zero)))
        #expect(!queue.add("a", now: at(.zero)))
        #expect(take(queue) == "a")
        #expect(take(queue) == nil)
        queue.finish("a", .success(after: nil), now: at(.zero))
        #expect(take(queue) == nil)
        #expect(queue.isDrained)
    }

    @Test func aKeyAddedWhileWorkedOnIsGivenOutAgainAfterwards() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", now: at(.zero))
        #expect(take(queue) == "a")
        #expect(queue.add("a", now: at(.zero)))
        #expect(!queue.add("a", now: at(.zero)))
        #expect(take(queue) == nil)
        queue.finish("a", .success(after: nil), now: at(.zero))
        #expect(take(queue) == "a")
    }

    @Test func aDroppedKeyIsNotGivenOutUnlessItIsAddedAgain() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("ready", now: at(.zero))
        queue.add("first", priority: .low, now: at(.zero))
        queue.add("late", after: .seconds(3), now: at(.zero))
        for key in ["ready", "late", "first", "unknown"] { queue.drop(key) }
        #expect(queue.depth == [.normal: 0, .low: 0])
        #expect(queue.isDrained)
        #expect(take(queue, .seconds(10)) == nil)
        #expect(queue.nextDeadline(now: at(.seconds(10))) == nil)
        queue.add("ready", now: at(.seconds(10)))
        #expect(queue.depth == [.normal: 1, .low: 0])
        #expect(take(queue, .seconds(10)) == "ready")
    }

    @Test func aKeyThatIsWorkedOnIsNotDropped() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", now: at(.zero))
        #expect(take(queue) == "a")
        queue.add("a", now: at(.zero))
        queue.drop("a")
        queue.finish("a", .success(after: nil), now: at(.zero))
        #expect(take(queue) == "a")
    }

    @Test func keysThatComeAndGoLeaveOthersInTheirOrder() {
        let queue = QueueUnderTest<String>(seed: 1)
        for name in 0..<1_000 {
            queue.add("\(name)", now: at(.zero))
            if name % 100 != 0 { queue.drop("\(name)") }
        }
        #expect((0..<10).map { _ in take(queue) } == (0..<10).map { "\($0 * 100)" })
        #expect(take(queue) == nil)
    }

    @Test func ofSeveralDelaysTheEarliestCounts() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", after: .seconds(10), now: at(.zero))
        queue.add("a", after: .seconds(3), now: at(.zero))
        queue.add("a", after: .seconds(20), now: at(.zero))
        #expect(queue.nextDeadline(now: at(.zero)) == at(.seconds(3)))
        #expect(take(queue, .milliseconds(2999)) == nil)
        #expect(take(queue, .seconds(3)) == "a")
        queue.finish("a", .success(after: nil), now: at(.seconds(3)))
        #expect(queue.nextDeadline(now: at(.seconds(3))) == nil)
    }

    @Test func anImmediateAddOvertakesADelay() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", after: .seconds(10), now: at(.zero))
        queue.add("a", now: at(.seconds(1)))
        #expect(take(queue, .seconds(1)) == "a")
        queue.finish("a", .success(after: nil), now: at(.seconds(1)))
        #expect(take(queue, .seconds(10)) == nil)
    }

    @Test func requeueAfterAndADelayedAddWhileWorkedOnKeepTheEarlier() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", now: at(.zero))
        #expect(take(queue) == "a")
        queue.add("a", after: .seconds(5), now: at(.zero))
        queue.finish("a", .success(after: .seconds(9)), now: at(.zero))
        #expect(queue.nextDeadline(now: at(.zero)) == at(.seconds(5)))
    }

    @Test func excessiveDelaysAreCut() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", after: .seconds(3_000_000_000), now: at(.zero))
        #expect(queue.nextDeadline(now: at(.zero)) == at(.seconds(86400)))
        queue.add("b", after: .seconds(-1), now: at(.zero))
        #expect(take(queue) == "b")
        queue.finish("b", .failure(retryAfter: .seconds(3_000_000_000)), now: at(.zero))
        #expect(take(queue, .seconds(86400)) == "a")
        #expect(take(queue, .seconds(86400)) == "b")
    }

    /// The ceiling that the delay after each of several failures stays below, and what it comes near to in many tries.
    @Test func onlyAFailedRunAdvancesTheBackoffAndItIsFullyJittered() {
        var options = WorkQueueOptions()
        options.backoff = BackoffPolicy(base: .seconds(1), cap: .seconds(8))
        var shortest = [Duration](repeating: .seconds(99), count: 6)
        var longest = [Duration](repeating: .zero, count: 6)
        for seed in 0..<300 as Range<UInt64> {
            let queue = QueueUnderTest<String>(options: options, seed: seed)
            queue.add("a", now: at(.zero))
            var now = at(.zero)
            for failure in 0..<6 {
                let item = queue.take(now: now)
                #expect(item?.failures == failure)
                queue.finish("a", .failure(retryAfter: nil), now: now)
                let due = queue.nextDeadline(now: now) ?? now
                shortest[failure] = min(shortest[failure], now.duration(to: due))
                longest[failure] = max(longest[failure], now.duration(to: due))
                now = due
            }
        }
        let ceilings: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(8), .seconds(8)]
        for (failure, ceiling) in ceilings.enumerated() {
            #expect(longest[failure] <= ceiling && longest[failure] > ceiling * 0.9)
            #expect(shortest[failure] < ceiling * 0.1)
        }
    }

    @Test func aServersRetryAfterIsTheLeastDelay() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", now: at(.zero))
        #expect(take(queue) == "a")
        queue.finish("a", .failure(retryAfter: .seconds(7)), now: at(.zero))
        #expect(queue.nextDeadline(now: at(.zero)) == at(.seconds(7)))
    }

    @Test func successEndsTheBackoff() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", now: at(.zero))
        for outcome in [WorkOutcome.success(after: nil), .givenUp] {
            _ = queue.take(now: at(.seconds(1)))
            queue.finish("a", .failure(retryAfter: nil), now: at(.seconds(1)))
            #expect(queue.take(now: at(.seconds(2)))?.failures == 1)
            queue.finish("a", outcome, now: at(.seconds(2)))
            queue.add("a", now: at(.seconds(3)))
            #expect(queue.take(now: at(.seconds(3)))?.failures == 0)
            queue.add("a", now: at(.seconds(3)))
            queue.finish("a", .success(after: nil), now: at(.seconds(3)))
        }
    }

    @Test func postponedWorkIsNoFailure() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", now: at(.zero))
        #expect(take(queue) == "a")
        queue.finish("a", .postponed(.seconds(1)), now: at(.zero))
        #expect(take(queue) == nil)
        #expect(queue.take(now: at(.seconds(1)))?.failures == 0)
    }

    @Test func duringABackoffAnEventRunsTheKeyEarlyOnce() {
        var options = WorkQueueOptions()
        options.backoff = BackoffPolicy(base: .seconds(100), cap: .seconds(100))
        let queue = QueueUnderTest<String>(options: options, seed: 3)
        queue.add("a", now: at(.zero))
        #expect(take(queue) == "a")
        queue.finish("a", .failure(retryAfter: nil), now: at(.zero))
        let end = queue.nextDeadline(now: at(.zero))
        #expect(end != nil && end! > at(.seconds(3)))

        queue.add("a", now: at(.seconds(1)))
        #expect(queue.take(now: at(.seconds(1)))?.failures == 1)
        queue.add("a", now: at(.seconds(1)))
        queue.finish("a", .failure(retryAfter: nil), now: at(.seconds(1)))
        #expect(take(queue, .seconds(1)) == nil)
        queue.add("a", now: at(.seconds(2)))
        #expect(take(queue, .seconds(2)) == nil)
        #expect(queue.nextDeadline(now: at(.seconds(2))) == end)

        let scheduled = queue.take(now: end!)
        #expect(scheduled?.failures == 1)
        queue.finish("a", .failure(retryAfter: nil), now: end!)
        queue.add("a", now: end!)
        #expect(queue.take(now: end!)?.failures == 2)
    }

    @Test func anEventDuringAFailingRunCountsAsTheEarlyRun() {
        var options = WorkQueueOptions()
        options.backoff = BackoffPolicy(base: .seconds(100), cap: .seconds(100))
        let queue = QueueUnderTest<String>(options: options, seed: 3)
        queue.add("a", now: at(.zero))
        var runs = 0
        // Work that fails and each time causes an event of its own.
        while runs < 10, queue.take(now: at(.zero)) != nil {
            runs += 1
            queue.add("a", now: at(.zero))
            queue.finish("a", .failure(retryAfter: nil), now: at(.zero))
        }
        #expect(runs == 2)
    }

    /// What becomes of an edit that came while the key, of an initial list, was worked on: it goes before the rest of that list.
    @Test(arguments: [
        WorkOutcome.failure(retryAfter: nil), .success(after: nil), .success(after: .seconds(60)),
        .postponed(.seconds(60)), .givenUp,
    ])
    func anEditIsNotTakenDownByTheRunOfLowPriorityThatItWaitsFor(outcome: WorkOutcome) {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("edited", priority: .low, now: at(.zero))
        #expect(take(queue) == "edited")
        for key in ["b", "c", "d"] { queue.add(key, priority: .low, now: at(.zero)) }
        queue.add("edited", now: at(.zero))
        queue.finish("edited", outcome, now: at(.zero))
        #expect(queue.depth == [.normal: 1, .low: 3])
        #expect(take(queue) == "edited")
    }

    @Test func aKeyThatIsHeldKeepsThePriorityOfAnEdit() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("edited", priority: .low, now: at(.zero))
        #expect(take(queue) == "edited")
        queue.add("edited", now: at(.zero))
        queue.finish("edited", .held(.seconds(3)), now: at(.zero))
        queue.add("b", priority: .low, now: at(.zero))
        #expect(queue.nextDeadline(now: at(.seconds(3))) == nil)
        #expect(queue.depth == [.normal: 1, .low: 1])
        #expect(take(queue, .seconds(3)) == "edited")
    }

    /// The one early run of a back-off is for those who wait for it.
    @Test func aResyncDoesNotUseUpTheEarlyRunOfAnEdit() {
        var options = WorkQueueOptions()
        options.backoff = BackoffPolicy(base: .seconds(100), cap: .seconds(100))
        for resync in ["during the back-off", "while it fails"] {
            let queue = QueueUnderTest<String>(options: options, seed: 3)
            queue.add("a", priority: .low, now: at(.zero))
            #expect(take(queue) == "a")
            if resync == "while it fails" { queue.add("a", priority: .low, now: at(.zero)) }
            queue.finish("a", .failure(retryAfter: nil), now: at(.zero))
            queue.add("a", priority: .low, now: at(.seconds(1)))
            #expect(take(queue, .seconds(1)) == nil, "\(resync)")
            queue.add("a", now: at(.seconds(1)))
            #expect(queue.depth == [.normal: 1, .low: 0])
            #expect(take(queue, .seconds(1)) == "a", "\(resync)")
        }
    }

    @Test func aNewGenerationEndsTheBackoffAtOnce() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", now: at(.zero))
        #expect(take(queue) == "a")
        queue.finish("a", .failure(retryAfter: .seconds(60)), now: at(.zero))
        #expect(take(queue) == nil)
        queue.reset("a", now: at(.zero))
        #expect(queue.take(now: at(.zero))?.failures == 0)
        queue.reset("other", now: at(.zero))
        #expect(queue.take(now: at(.zero)) == nil)
    }

    @Test func aResetDoesNotHastenARequestedDelay() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", after: .seconds(60), now: at(.zero))
        queue.reset("a", now: at(.zero))
        #expect(take(queue) == nil)
    }

    @Test func theHighestPriorityCounts() {
        let queue = QueueUnderTest<String>(seed: 1)
        for key in ["a", "b", "c"] { queue.add(key, priority: .low, now: at(.zero)) }
        #expect(queue.depth[.low] == 3)
        queue.add("c", priority: .normal, now: at(.zero))
        queue.add("c", priority: .low, now: at(.zero))
        #expect(queue.depth[.low] == 2 && queue.depth[.normal] == 1)
        #expect(take(queue) == "c")
        #expect(take(queue) == "a")
        #expect(take(queue) == "b")
        #expect(queue.depth[.low] == 0 && queue.depth[.normal] == 0)
    }

    @Test func aFreshEditOvertakesAnInitialListOfThousands() {
        let queue = QueueUnderTest<Int>(seed: 1)
        for key in 0..<5000 { queue.add(key, priority: .low, now: at(.zero)) }
        queue.add(-1, now: at(.seconds(30)))
        let firstTwo = [queue.take(now: at(.seconds(30)))?.key, queue.take(now: at(.seconds(30)))?.key]
        #expect(firstTwo.contains(-1))
    }

    @Test func aStreamOfEditsDoesNotStarveAnInitialList() {
        let queue = QueueUnderTest<Int>(seed: 1)
        for key in 0..<10 { queue.add(key, priority: .low, now: at(.zero)) }
        var low = 0
        for edit in 1000..<1100 {
            queue.add(edit, now: at(.seconds(2)))
            queue.add(edit + 1000, now: at(.seconds(2)))
            if let key = queue.take(now: at(.seconds(2)))?.key, key < 1000 { low += 1 }
        }
        #expect(low == 10)
    }

    @Test func shuttingDownDropsWhatWaitsAndLetsWhatRunsEnd() {
        let queue = QueueUnderTest<String>(seed: 1)
        for key in ["a", "b"] { queue.add(key, now: at(.zero)) }
        queue.add("c", after: .seconds(1), now: at(.zero))
        #expect(take(queue) == "a")
        queue.shutDown(drains: false)
        #expect(!queue.add("d", now: at(.zero)))
        #expect(take(queue, .seconds(2)) == nil)
        #expect(!queue.isDrained)
        queue.finish("a", .failure(retryAfter: nil), now: at(.zero))
        #expect(queue.isDrained)
    }

    @Test func shuttingDownCanDrainWhatIsReady() {
        let queue = QueueUnderTest<String>(seed: 1)
        for key in ["a", "b"] { queue.add(key, now: at(.zero)) }
        queue.add("c", after: .seconds(1), now: at(.zero))
        queue.shutDown(drains: true)
        #expect(take(queue, .seconds(2)) == "a")
        #expect(take(queue, .seconds(2)) == "b")
        #expect(take(queue, .seconds(2)) == nil)
    }

    @Test func whatIsWorkedOnIsTimed() {
        let queue = QueueUnderTest<String>(seed: 1)
        queue.add("a", now: at(.zero))
        #expect(queue.take(now: at(.seconds(2)))?.waited == .seconds(2))
        #expect(queue.running(now: at(.seconds(5))) == [.seconds(3)])
    }

    @Test(arguments: 0..<50) func randomSchedulesLoseNothingAndNeverRunAKeyTwiceAtOnce(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let queue = QueueUnderTest<Int>(seed: seed)
        var now = at(.zero)
        var running: Set<Int> = []
        /// Keys for which a run must still begin, since something was added after the last one began.
        var owed: Set<Int> = []
        func finish(_ key: Int, _ outcome: WorkOutcome) {
            running.remove(key)
            queue.finish(key, outcome, now: now)
            switch outcome {
            case .success(.some), .failure, .postponed: owed.insert(key)
            default: break
            }
        }
        for _ in 0..<3000 {
            let key = Int.random(in: 0..<12, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1, 2:
                queue.add(key, priority: Bool.random(using: &random) ? .low : .normal, now: now)
                owed.insert(key)
            case 3:
                queue.add(key, after: .milliseconds(Int.random(in: -5..<5000, using: &random)), now: now)
                owed.insert(key)
            case 4:
                queue.reset(key, now: now)
            case 5, 6:
                if let item = queue.take(now: now) {
                    #expect(running.insert(item.key).inserted)
                    #expect(owed.remove(item.key) != nil)
                }
            case 7, 8:
                guard let key = running.randomElement(using: &random) else { continue }
                let outcomes: [WorkOutcome] = [
                    .success(after: nil), .success(after: .seconds(2)), .failure(retryAfter: nil), .givenUp,
                    .failure(retryAfter: .seconds(1)), .postponed(.milliseconds(10)),
                ]
                finish(key, outcomes.randomElement(using: &random) ?? .givenUp)
            default:
                now = now.advanced(by: .milliseconds(Int.random(in: 0..<2000, using: &random)))
            }
        }
        for key in running { finish(key, .success(after: nil)) }
        for _ in 0..<200 {
            if let item = queue.take(now: now) {
                #expect(running.insert(item.key).inserted)
                #expect(owed.remove(item.key) != nil)
                finish(item.key, .success(after: nil))
            } else if let deadline = queue.nextDeadline(now: now) {
                now = deadline
            }
        }
        #expect(owed.isEmpty)
        #expect(queue.isDrained)
        #expect(queue.depth.values.allSatisfy { $0 == 0 })
    }
}

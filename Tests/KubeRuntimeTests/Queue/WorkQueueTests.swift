import KubeRuntime
import Testing

struct WorkQueueTests {
    @Test func aWaitingWorkerGetsWhatIsAdded() async {
        let queue = WorkQueue<String>()
        async let item = queue.next()
        queue.add("a")
        #expect(await item?.key == "a")
        queue.finish("a", .success(after: nil), worked: .zero)
    }

    @Test func aCancelledWorkerGetsNothingAndLosesNothing() async {
        let queue = WorkQueue<String>()
        let worker = Task { await queue.next() }
        worker.cancel()
        #expect(await worker.value == nil)
        queue.add("a")
        #expect(await queue.next()?.key == "a")
    }

    @Test func shuttingDownSendsWaitingWorkersHome() async {
        let queue = WorkQueue<String>()
        async let first = queue.next()
        async let second = queue.next()
        async let timer: Void = queue.run()
        queue.shutDown()
        #expect(await first == nil)
        #expect(await second == nil)
        #expect(await queue.next() == nil)
        await timer
    }

    @Test func delayedKeysBecomeReadyWhenTheyAreDue() async {
        let time = VirtualTime()
        let queue = WorkQueue<String>(time: time.source)
        let timer = Task { await queue.run() }
        async let item = queue.next()
        queue.add("later", after: .seconds(60))
        queue.add("a", after: .seconds(5))
        #expect(await time.hasSleepers(1))
        time.advance(by: .seconds(5))
        #expect(await item?.key == "a")
        timer.cancel()
        await timer.value
    }

    @Test func aDueKeyWithoutAWorkerDoesNotSpinTheTimer() async {
        let time = VirtualTime()
        let queue = WorkQueue<String>(time: time.source)
        let timer = Task { await queue.run() }
        queue.add("a", after: .seconds(5))
        queue.add("b", after: .seconds(50))
        #expect(await time.hasSleepers(1))
        time.advance(by: .seconds(5))
        #expect(await eventually { queue.figures.depth[.normal] == 1 && time.sleepers == 1 })
        timer.cancel()
        await timer.value
    }

    @Test func manyWorkersShareManyKeys() async {
        let queue = WorkQueue<Int>()
        let running = Locked<Set<Int>>([])
        let runs = Locked(0)
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    while let item = await queue.next() {
                        #expect(running.change { $0.insert(item.key).inserted })
                        await Task.yield()
                        running.change { _ = $0.remove(item.key) }
                        queue.finish(item.key, .success(after: nil), worked: .zero)
                        runs.change { $0 += 1 }
                    }
                }
            }
            for round in 0..<2000 {
                queue.add(round % 37)
                if round % 5 == 0 { await Task.yield() }
            }
            queue.shutDown(drains: true)
        }
        #expect(running.value.isEmpty)
        #expect(runs.value >= 37)
    }
}

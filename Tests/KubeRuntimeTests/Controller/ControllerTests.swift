import CoreMetrics
import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import Testing

struct ControllerTests {
    private let time = VirtualTime()
    private let registry = PrometheusRegistry()

    private func controller(
        _ change: (inout ControllerOptions) -> Void = { _ in },
        barrier: WriteBarrier<ObjectKey>? = nil,
        generation: @escaping @Sendable (ObjectKey) -> Int64? = { _ in 1 },
        reconcile: @escaping Controller<ObjectKey>.Reconcile
    ) -> Controller<ObjectKey> {
        var options = ControllerOptions()
        change(&options)
        return Controller(
            name: "things",
            options: options,
            barrier: barrier,
            time: time.source,
            seed: 1,
            metrics: ControllerMetrics(controller: "things", factory: registry),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            generation: generation,
            reconcile: reconcile
        )
    }

    /// Runs a controller, moving time on whenever somebody waits for it, until a condition holds.
    private func run(
        _ controller: Controller<ObjectKey>,
        until condition: @escaping @Sendable () -> Bool
    ) async -> Bool {
        let running = Task { await controller.run() }
        let holds = await time.advance(until: condition, while: { controller.queue.figures.running.isEmpty })
        controller.shutDown()
        await running.value
        return holds
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "test", name: name) }

    /// The value of a metric of the controller.
    private func count(_ metric: String, result: String? = nil) -> Double? {
        let labels = "controller=\"things\"" + (result.map { ",result=\"\($0)\"" } ?? "")
        return registry.value("\(metric){\(labels)}")
    }

    @Test func whatIsAddedIsReconciled() async {
        let done = Locked<Set<String>>([])
        let controller = controller { key, context in
            #expect(context.id.count == 16)
            done.change { _ = $0.insert(key.name) }
            return .done
        }
        for name in ["a", "b", "c"] { controller.queue.add(key(name)) }
        #expect(await run(controller) { done.value == ["a", "b", "c"] })
        #expect(count("controller_runtime_reconcile_total", result: "success") == 3)
        #expect(count("controller_runtime_reconcile_time_seconds_count") == 3)
        #expect(count("controller_runtime_max_concurrent_reconciles") == 4)
        #expect(count("controller_runtime_active_workers") == 0)
    }

    @Test func aFailedReconcileIsRepeatedUntilItSucceeds() async {
        let failures = Locked<[Int]>([])
        let controller = controller { _, context in
            failures.change { $0.append(context.failures) }
            if context.failures < 3 {
                let status = KubeStatus(code: 429, reason: "", message: "", retryAfterSeconds: 7)
                throw KubeError(.status(status), verb: "apply", subject: "x", message: "busy")
            }
            return .done
        }
        controller.queue.add(key("a"))
        #expect(await run(controller) { failures.value.count == 4 })
        #expect(failures.value == [0, 1, 2, 3])
        #expect(time.now >= at(.seconds(21)))
        #expect(count("controller_runtime_reconcile_errors_total") == 3)
        #expect(registry.value("workqueue_retries_total{controller=\"things\",name=\"things\"}") == 3)
    }

    @Test func aPermanentErrorIsNotRepeatedByItself() async {
        let runs = Locked(0)
        let controller = controller { _, _ in
            runs.change { $0 += 1 }
            throw PermanentError("never")
        }
        controller.queue.add(key("a"))
        #expect(await run(controller) { runs.value == 1 && controller.queue.figures.running.isEmpty })
        #expect(time.sleepers == 0)
        #expect(count("controller_runtime_terminal_reconcile_errors_total") == 1)
    }

    @Test func aReconcileCanAskToBeRunAgain() async {
        let runs = Locked(0)
        let controller = controller { [time] _, _ in
            runs.change { $0 += 1 }
            return runs.value == 2 && time.now >= at(.seconds(30)) ? .done : .requeue(after: .seconds(30))
        }
        controller.queue.add(key("a"))
        #expect(await run(controller) { runs.value == 2 })
        #expect(count("controller_runtime_reconcile_total", result: "requeue_after") == 1)
    }

    @Test func aReconcileThatTakesTooLongIsCancelledAndRepeated() async {
        let runs = Locked(0)
        let controller = controller { [source = time.source] _, context in
            runs.change { $0 += 1 }
            if context.failures == 0 { try await source.sleep(until: at(.seconds(100_000))) }
            return .done
        }
        controller.queue.add(key("a"))
        let running = Task { await controller.run() }
        #expect(await time.hasSleepers(2))
        time.advance(by: .seconds(120))
        let isRepeated = await time.advance(
            until: { runs.value == 2 },
            while: { controller.queue.figures.running.isEmpty }
        )
        #expect(isRepeated)
        controller.shutDown()
        await running.value
        #expect(count("controller_runtime_reconcile_timeouts_total") == 1)
    }

    @Test func shuttingDownLetsTheReconcileAtHandEnd() async {
        let began = WakeUp()
        let mayEnd = WakeUp()
        let ended = Locked(false)
        let controller = controller { _, _ in
            began.call()
            await mayEnd.wait()
            ended.change { $0 = !Task.isCancelled }
            return .done
        }
        controller.queue.add(key("a"))
        let running = Task { await controller.run() }
        await began.wait()
        controller.queue.add(key("b"))
        controller.shutDown()
        mayEnd.call()
        mayEnd.call()
        await running.value
        #expect(ended.value)
    }

    @Test func aKeyIsPutOffUntilTheStoreHasSeenItsLastWrite() async {
        let kind = GroupKind(group: "apps", kind: "Deployment")
        let store = Store<Thing>()
        let barrier = WriteBarrier<ObjectKey>(stores: [kind: store], time: time.source)
        let seenAtRun = Locked<[UInt64]>([])
        let controller = controller(barrier: barrier) { key, _ in
            seenAtRun.change { $0.append(store.resourceVersion.number) }
            if seenAtRun.value.count == 1 { barrier.wrote(kind, version: ResourceVersion(5), for: key) }
            return .done
        }
        controller.queue.add(key("a"))
        let running = Task { await controller.run() }
        #expect(await eventually { seenAtRun.value.count == 1 && controller.queue.figures.running.isEmpty })
        controller.queue.add(key("a"))
        #expect(await time.hasSleepers(1))
        time.advance(by: .seconds(5))
        #expect(await eventually { count("stale_sync_skips_total") == 1 })
        store.advance(to: ResourceVersion(5))
        #expect(await time.advance { seenAtRun.value == [0, 5] })
        controller.shutDown()
        await running.value
    }

    /// What a reconcile of `a` writes each time.
    private func wrote(_ content: Int, _ context: ReconcileContext) {
        context.writes.note(GroupKind(group: "", kind: "Thing"), key("a"), content: ["content": .int(Int64(content))])
    }

    @Test func aLoopIsSlowedDownAndCounted() async {
        let runs = Locked(0)
        let controller = controller { options in
            options.hotLoop.repeats = 9
        } reconcile: { _, context in
            runs.change { $0 += 1 }
            wrote(1, context)
            return .requeue(after: .milliseconds(1))
        }
        controller.queue.add(key("a"))
        #expect(await run(controller) { runs.value == 15 })
        #expect(time.now >= at(.seconds(1 + 2 + 4 + 8)))
        #expect(count("controller_hot_loops_total") == 1)
    }

    /// As a rollout leads to: many runs, each with something new to tell.
    @Test(arguments: [true, false]) func runsThatWriteSomethingNewOrNothingAreNotSlowedDown(writes: Bool) async {
        let runs = Locked(0)
        let controller = controller { _, context in
            let run = runs.change { runs in
                runs += 1
                return runs
            }
            if writes { wrote(run, context) }
            return .requeue(after: .milliseconds(1))
        }
        controller.queue.add(key("a"))
        #expect(await run(controller) { runs.value == 300 })
        #expect(time.now < at(.seconds(1)))
        #expect(count("controller_hot_loops_total") == 0)
    }

    /// Keys of objects that come and go must not gather where nobody works on them, whoever adds them.
    @Test func aStandbyKeepsNoKeysOfWhatIsGone() async {
        let gone = Locked<Set<String>>([])
        let done = Locked<Set<String>>([])
        let controller = Controller<ObjectKey>(
            name: "things",
            time: time.source,
            seed: 1,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            isGone: { key in gone.value.contains(key.name) },
            reconcile: { key, _ in
                done.change { _ = $0.insert(key.name) }
                return .done
            }
        )
        for name in 0..<100 {
            controller.queue.add(key("\(name)"))
            controller.queue.add(key("late-\(name)"), after: .seconds(5))
            gone.change { $0.formUnion(["\(name)", "late-\(name)"]) }
            controller.queue.add(key("\(name)"))
            controller.queue.add(key("late-\(name)"))
        }
        #expect(controller.queue.figures.depth == [.normal: 0, .low: 0])
        controller.queue.add(key("there"))
        let running = Task { await controller.run() }
        #expect(await eventually { done.value == ["there"] })
        // Whoever works sees to what there was.
        controller.queue.add(key("7"))
        #expect(await eventually { done.value == ["there", "7"] })
        controller.shutDown()
        await running.value
    }

    // MARK: - Sources

    @Test func changesOfAStoreBecomeKeysInitialOnesWithLowPriority() {
        let controller = controller { _, _ in .done }
        let store = Store<Thing>()
        controller.watch(store) { change in [change.key, ObjectKey(namespace: "", name: change.object.color)] }
        store.beginFill()
        store.put(Thing("a", version: 1, color: "red"))
        store.endFill(resourceVersion: ResourceVersion(1))
        #expect(controller.queue.figures.depth[.low] == 2 && controller.queue.figures.depth[.normal] == 0)
        store.put(Thing("b", version: 2, color: "red"))
        #expect(controller.queue.figures.depth[.low] == 1 && controller.queue.figures.depth[.normal] == 2)
    }

    @Test func aPrimaryObjectsOwnStatusDoesNotCallForAReconcile() {
        let controller = controller { _, _ in .done }
        let store = Store<Thing>()
        store.put(Thing("a", version: 1))
        store.endFill(resourceVersion: ResourceVersion(1))
        controller.watchPrimary(store, generation: { $0.generation }, concerns: { $0.color != $1.color })
        #expect(controller.queue.figures.depth[.low] == 1)
        store.put(Thing("a", version: 2))
        #expect(controller.queue.figures.depth[.normal] == 0)
        store.put(Thing("a", version: 3, generation: 2))
        #expect(controller.queue.figures.depth[.normal] == 1)
        store.put(Thing("b", version: 4))
        store.put(Thing("b", version: 5, color: "red"))
        store.delete(Thing("c", version: 6))
        #expect(controller.queue.figures.depth[.normal] == 2)
    }
}

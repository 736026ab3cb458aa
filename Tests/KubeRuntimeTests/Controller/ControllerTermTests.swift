import KubeClient
import KubeModel
import KubeRuntime
import Logging
import Testing

/// Controllers that run for one term of leadership after the other.
struct ControllerTermTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    private static let key = ObjectKey(namespace: "test", name: "a")

    private static func controller(
        _ registry: PrometheusRegistry = PrometheusRegistry(),
        reconcile: @escaping Controller<ObjectKey>.Reconcile
    ) -> Controller<ObjectKey> {
        var options = ControllerOptions()
        options.workers = 1
        options.staleDelay = .milliseconds(20)
        return Controller(
            name: "things",
            options: options,
            metrics: ControllerMetrics(controller: "things", factory: registry),
            logger: logger,
            reconcile: reconcile
        )
    }

    @Test func whatWasCancelledAndWhatCameMeanwhileIsDueInTheNextTerm() async {
        let begun = Locked<[String]>([])
        let controller = Self.controller { key, _ in
            begun.change { $0.append(key.name) }
            guard begun.value.count == 1 else { return .done }
            try await Task.sleep(for: .seconds(600))
            return .done
        }
        controller.queue.add(Self.key)
        let first = Task { await controller.run() }
        #expect(await eventually { begun.value == ["a"] })
        first.cancel()
        await first.value
        controller.queue.add(ObjectKey(namespace: "test", name: "b"))
        #expect(controller.queueFigures.depth.isEmpty, "keys that gather for later wait for nobody")
        let second = Task { await controller.run() }
        #expect(await eventually { Set(begun.value.dropFirst()) == ["a", "b"] })
        controller.shutDown()
        await second.value
    }

    /// Else the names of all that ever was would gather in a replica that never leads.
    @Test func whatGoesWhileStandingByIsForgottenAndWhileLeadingReconciled() async {
        let begun = Locked<[String]>([])
        let controller = Self.controller { key, _ in
            begun.change { $0.append(key.name) }
            return .done
        }
        let store = Store<Thing>()
        controller.watchPrimary(store, generation: { $0.generation })
        for name in ["a", "b"] { store.put(Thing(name, version: 1)) }
        store.delete(Thing("b", version: 2))
        #expect(controller.queue.figures.depth == [.low: 1, .normal: 0])
        let running = Task { await controller.run() }
        #expect(await eventually { begun.value == ["a"] })
        store.delete(Thing("a", version: 3))
        #expect(await eventually { begun.value == ["a", "a"] })
        controller.shutDown()
        await running.value
    }

    @Test func whatIsToBeDoneForAnObjectThatIsGoneIsKept() {
        let controller = Self.controller { _, _ in .done }
        let store = Store<Thing>()
        controller.watch(store) { [$0.key] }
        controller.forgetDeleted(in: store) { $0.name == "kept" }
        for name in ["kept", "other"] {
            store.put(Thing(name, version: 1))
            store.delete(Thing(name, version: 2))
        }
        #expect(controller.queue.figures.depth.values.reduce(0, +) == 1)
    }

    /// Neither a success nor a failure: it is tried again, without a back-off and without an error in the metrics.
    @Test func aWriteThatWasHeldBackIsNoFailureOfItsKey() async {
        let registry = PrometheusRegistry()
        let failures = Locked<[Int]>([])
        let controller = Self.controller(registry) { _, context in
            failures.change { $0.append(context.failures) }
            guard failures.value.count < 4 else { return .done }
            throw KubeError(.notLeading, verb: "patch", subject: "things", message: "not sent")
        }
        controller.queue.add(Self.key)
        let running = Task { await controller.run() }
        #expect(await eventually { failures.value.count == 4 })
        controller.shutDown()
        await running.value
        #expect(failures.value == [0, 0, 0, 0])
        #expect(registry.value("controller_runtime_reconcile_errors_total{controller=\"things\"}") == 0)
    }
}

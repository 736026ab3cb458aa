import CoreMetrics
import Dataplanes
import EnvoyAPI
import KubeModel
import KubeRuntime
import Logging
import Synchronization
import Tracing
import XDS

/// Keeps what proxies are to have in step with what is watched: by events, never by a clock.
///
/// Changes are noted as they come, at next to no cost; one task works them in, as ``DebounceMachine`` decides, and publishes what follows.
package final class MeshEngine: Sendable {
    private enum Phase {
        /// Changes are worked in, and nothing is published.
        case gathering
        /// The next run is the first to publish.
        case beginning
        case running
    }

    private struct Inbox {
        var inputs: [MeshInput] = []
        var debounce = DebounceMachine()
        var phase = Phase.gathering
    }

    private let inbox = Mutex(Inbox())
    private let world: Mutex<MeshWorld>
    private let handlers = Mutex<[@Sendable ([ProgrammedKey]) -> Void]>([])
    private let wakeUp = WakeUp()
    private let hub: ProxyHub
    private let time: TimeSource
    private let generationTime: Timer
    private let logger: Logger

    package init(
        options: DataplaneOptions,
        hub: ProxyHub,
        time: TimeSource = .system,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        world = Mutex(MeshWorld(options: options))
        self.hub = hub
        self.time = time
        generationTime = Timer(label: "swiftlet_xds_generation_seconds", factory: metrics)
        self.logger = logger
    }

    /// Notes a change. Quick; may be called from any thread.
    func note(_ input: MeshInput) {
        inbox.withLock { inbox in
            inbox.inputs.append(input)
            inbox.debounce.changed(at: time.now)
        }
        wakeUp.call()
    }

    /// Lets publishing begin: what is watched has been listed. Before, proxies would be told that nothing is there.
    func begin() {
        inbox.withLock { inbox in
            guard case .gathering = inbox.phase else { return }
            inbox.phase = .beginning
            inbox.debounce.changed(at: time.now)
        }
        wakeUp.call()
    }

    /// Has a handler told of Meshes and TrafficRoutes that changed or went, each time after what follows was published. Of all of them at the
    /// beginning. Called on the engine's task: quick.
    func onWorkedIn(_ handler: @escaping @Sendable ([ProgrammedKey]) -> Void) {
        handlers.withLock { $0.append(handler) }
    }

    /// Works until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            guard let due = inbox.withLock({ $0.debounce.due }) else {
                await wakeUp.wait()
                continue
            }
            guard due <= time.now else {
                do { try await time.sleep(until: due) } catch { return }
                continue
            }
            work()
        }
    }

    private struct Batch {
        var inputs: [MeshInput]
        var phase: Phase
        /// When the first of the inputs came; `nil` at the beginning, which follows from no event.
        var firstChange: TimeSource.Instant?
    }

    private func takeBatch() -> Batch {
        inbox.withLock { inbox in
            let isBeginning = inbox.phase == .beginning
            let batch = Batch(
                inputs: inbox.inputs,
                phase: inbox.phase,
                firstChange: isBeginning ? nil : inbox.debounce.firstChange
            )
            inbox.inputs = []
            inbox.debounce.begin()
            if isBeginning { inbox.phase = .running }
            return batch
        }
    }

    private func work() {
        let batch = takeBatch()
        withSpan("push", ofKind: .producer) { work(batch, $0) }
    }

    private func work(_ batch: Batch, _ span: any Tracing.Span) {
        let start = time.now
        if span.isRecording { span.attributes["changes"] = batch.inputs.count }
        let (publication, keys) = world.withLock { world in
            for input in batch.inputs { world.put(input) }
            let publication = batch.phase == .gathering ? nil : world.advance()
            return (publication, batch.phase == .beginning ? world.programmedKeys : [])
        }
        if let publication {
            publish(publication, of: batch, since: start)
            if span.isRecording { span.attributes["proxies"] = publication.snapshots.count }
            for (mesh, error) in publication.failures {
                span.recordError(error)
                logger.critical(
                    "the configuration of a mesh's proxies cannot be made; they go on with what they have",
                    metadata: ["mesh": "\(mesh)", "error": "\(error)"]
                )
            }
            let concerned = keys + batch.inputs.compactMap(\.programmedKey)
            if !concerned.isEmpty { for handler in handlers.withLock({ $0 }) { handler(concerned) } }
        }
        let end = time.now
        inbox.withLock { $0.debounce.ended(at: end, took: start.duration(to: end)) }
    }

    private func publish(_ publication: MeshWorld.Publication, of batch: Batch, since start: TimeSource.Instant) {
        guard !publication.isEmpty else { return }
        for proxy in publication.removed { hub.remove(proxy) }
        hub.publish(
            publication.snapshots.lazy.map { proxy, snapshot in
                var snapshot = snapshot
                snapshot.changedAt = batch.firstChange
                return (proxy, snapshot)
            }
        )
        let took = start.duration(to: time.now)
        generationTime.record(took)
        logger.debug(
            "worked changes in",
            metadata: [
                "changes": "\(batch.inputs.count)", "proxies": "\(publication.snapshots.count)", "took": "\(took)",
            ]
        )
    }

    /// Reads the state that was published last.
    func read<Value: Sendable>(_ body: (MeshWorld) -> Value) -> Value { world.withLock { body($0) } }
}

extension MeshEngine {
    /// Follows stores from now on.
    func follow(_ stores: MeshStores) {
        stores.pods.onChange { self.note($0.deletedKey.map { .podGone($0) } ?? .pod($0.object)) }
        stores.services.onChange { self.note($0.deletedKey.map { .serviceGone($0) } ?? .service($0.object)) }
        stores.namespaces.onChange { self.note($0.deletedKey.map { .namespaceGone($0.name) } ?? .namespace($0.object)) }
        stores.slices.onChange { self.note($0.deletedKey.map { .sliceGone($0) } ?? .slice($0.object)) }
        stores.nodes.onChange {
            self.note($0.deletedKey.map { .nodeGone($0.name) } ?? .node($0.object.key.name, labels: $0.object.labels))
        }
        stores.meshes.onChange { self.note($0.deletedKey.map { .meshGone($0.name) } ?? .mesh($0.object)) }
        stores.routes.onChange { self.note($0.deletedKey.map { .routeGone($0.name) } ?? .route($0.object)) }
    }
}

extension StoreChange {
    /// The key, if the object is gone.
    var deletedKey: ObjectKey? {
        if case .deleted(let object) = self { object.key } else { nil }
    }
}

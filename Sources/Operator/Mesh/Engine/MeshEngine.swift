import CoreMetrics
import Dataplanes
import EnvoyAPI
import KubeModel
import KubeRuntime
import Logging
import Synchronization
import XDS

/// Keeps what proxies are to have in step with what is watched: by events, never by a clock.
///
/// Changes are noted as they come, at next to no cost; one task works them in, as ``DebounceMachine`` decides, and publishes what follows.
package final class MeshEngine: Sendable {
    private struct Inbox {
        var inputs: [MeshInput] = []
        var debounce = DebounceMachine()
    }

    private let inbox = Mutex(Inbox())
    private let world: Mutex<MeshWorld>
    private let wakeUp = WakeUp()
    private let isBegun = ObservedValue(false)
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

    /// Lets the work begin: what is watched has been listed. Before, proxies would be told that nothing is there.
    func begin() {
        isBegun.update { $0 = true }
        wakeUp.call()
    }

    /// Works until the task is cancelled.
    func run() async {
        guard await isBegun.wait(until: nil, time: time, for: { $0 }) else { return }
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

    private func work() {
        let start = time.now
        let (inputs, firstChange) = inbox.withLock { inbox in
            let first = inbox.debounce.firstChange
            inbox.debounce.begin()
            defer { inbox.inputs = [] }
            return (inbox.inputs, first)
        }
        do {
            var publication = try world.withLock { world in
                for input in inputs { world.put(input) }
                return try world.step()
            }
            for index in publication.snapshots.indices {
                publication.snapshots[index].snapshot.changedAt = firstChange
            }
            for proxy in publication.removed { hub.remove(proxy) }
            hub.publish(publication.snapshots.lazy.map { ($0.proxy, $0.snapshot) })
            let took = start.duration(to: time.now)
            generationTime.record(took)
            logger.debug(
                "worked changes in",
                metadata: [
                    "changes": "\(inputs.count)", "proxies": "\(publication.snapshots.count)", "took": "\(took)",
                ]
            )
        } catch {
            // All proxies go on with what they have.
            logger.critical("the configuration of proxies cannot be made", metadata: ["error": "\(error)"])
        }
        let end = time.now
        inbox.withLock { $0.debounce.ended(at: end, took: start.duration(to: end)) }
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

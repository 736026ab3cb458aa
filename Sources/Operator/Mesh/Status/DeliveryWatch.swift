import KubeRuntime
import ServiceLifecycle
import XDS

/// Has the status of an object looked at again when proxies got further with it.
///
/// At a bounded pace: a change of all proxies moves the counts a thousand times within milliseconds, and people read one of them.
struct DeliveryWatch: Service {
    let reconciler: ProgrammingReconciler
    let queue: WorkQueue<ProgrammedKey>
    let hub: ProxyHub
    let time: TimeSource
    /// How long counts may move before they are told.
    var pace = Duration.milliseconds(250)
    /// Told what was seen last.
    var figures = DeliveryFigures()

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var known: [ProgrammedKey: ObjectDelivery] = [:]
            var revision: UInt64 = 0
            while !Task.isCancelled {
                let seen = await hub.deliveryRevision(after: revision)
                guard seen != revision else { return }
                do { try await time.sleep(until: time.now.advanced(by: pace)) } catch { return }
                revision = hub.deliveryRevision
                let deliveries = reconciler.deliveries()
                for (key, delivery) in deliveries where known[key] != delivery {
                    queue.add(key, priority: .normal)
                }
                known = deliveries
                figures.set(deliveries)
            }
        }
    }
}

import KubeModel
import KubeRuntime
import SwiftletAPI
import Synchronization

/// Which objects proxies have not taken on, or refuse, as ``DeliveryWatch`` saw last.
final class DeliveryFigures: MetricsCollector {
    /// Only so many objects are named.
    static let mostNamed = 100

    private typealias Named = (kind: String, name: String, count: Int)

    private let deliveries = Mutex<[ProgrammedKey: ObjectDelivery]>([:])

    func set(_ deliveries: [ProgrammedKey: ObjectDelivery]) { self.deliveries.withLock { $0 = deliveries } }

    func collect(into metrics: inout MetricsCollection) {
        let deliveries = deliveries.withLock { $0 }
        let figures: [(String, (ObjectDelivery) -> Int)] = [
            ("swiftlet_proxies_pending", { $0.counts.pending }), ("swiftlet_proxies_rejecting", { $0.counts.rejected }),
        ]
        for (metric, count) in figures {
            let named: [Named] = deliveries.compactMap { key, delivery in
                count(delivery) > 0 ? (key.resource.kind, key.key.name, count(delivery)) : nil
            }
            for (kind, name, count) in named.sorted(by: { ($0.kind, $0.name) < ($1.kind, $1.name) })
                .prefix(Self.mostNamed)
            {
                metrics.gauge(metric, Double(count), labels: [("kind", kind), ("name", name)])
            }
        }
    }
}

import EnvoyAPI
import SwiftletAPI
import XDS

/// Counts how far proxies have come with what follows from one object.
///
/// A proxy has it once it acknowledged everything that was published to it up to, or after, the change of the object. What came later, such
/// as another pod's endpoint, takes nothing away from that: a mesh that is busy with other things does not make the object pending.
struct DeliveryTally {
    private let since: UInt64
    private let kind: String
    private let name: String
    private var counts = (acked: 0, pending: 0, rejected: 0)
    private var rejections: Set<ObjectDelivery.Rejection> = []

    /// The most rejections that are told; proxies of one kind refuse the same for the same reason.
    static let limit = 5

    /// - Parameter since: the generation from which on the object has been as it is now.
    init(since: UInt64, kind: String, name: String) {
        self.since = since
        self.kind = kind
        self.name = name
    }

    /// A proxy that is not connected, or was told nothing, does not count.
    mutating func count(_ delivery: ProxyDelivery) {
        guard delivery.isConnected, let published = delivery.published else { return }
        let refused = delivery.rejections.filter { $0.origin?.kind == kind && $0.origin?.name == name }
        if !refused.isEmpty {
            counts.rejected += 1
            for rejection in refused {
                rejections.insert(
                    .init(resource: "\(rejection.type.word) \(rejection.name)", message: rejection.message)
                )
            }
        } else if let acknowledged = delivery.acknowledged, acknowledged >= min(since, published) {
            counts.acked += 1
        } else {
            counts.pending += 1
        }
    }

    mutating func count(_ group: DeliveryGroup) {
        if let acknowledged = group.acknowledgedByAll, acknowledged >= since {
            counts.acked += group.deliveries.count
        } else {
            for delivery in group.deliveries { count(delivery) }
        }
    }

    var result: ObjectDelivery {
        let sorted = rejections.sorted { ($0.resource, $0.message) < ($1.resource, $1.message) }
        return ObjectDelivery(
            counts: ProxyCounts(acked: counts.acked, pending: counts.pending, rejected: counts.rejected),
            // The first by name, not those that came first, or else the status would never be the same twice.
            rejections: Array(sorted.prefix(Self.limit))
        )
    }
}

/// Connected proxies that the same TrafficRoutes decide about, so that they can be counted together as long as all is well.
struct DeliveryGroup {
    private(set) var deliveries: [ProxyDelivery] = []
    /// A generation that each of them acknowledged; `nil` when one of them did not yet, or refuses something.
    private(set) var acknowledgedByAll: UInt64?

    /// A proxy that is not connected, or was told nothing, is left out.
    mutating func add(_ delivery: ProxyDelivery) {
        guard delivery.isConnected, delivery.published != nil else { return }
        let isFirst = deliveries.isEmpty
        deliveries.append(delivery)
        guard let acknowledged = delivery.acknowledged, delivery.rejections.isEmpty else {
            acknowledgedByAll = nil
            return
        }
        if isFirst { acknowledgedByAll = acknowledged }
        acknowledgedByAll = acknowledgedByAll.map { min($0, acknowledged) }
    }
}

extension ResourceType {
    /// What people call it.
    var word: String {
        switch self {
        case .cluster: "cluster"
        case .endpoint: "endpoints of"
        case .secret: "secret"
        case .listener: "listener"
        case .route: "route"
        }
    }
}

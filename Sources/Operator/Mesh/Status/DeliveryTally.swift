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
    private static let limit = 5

    /// - Parameter since: the generation from which on the object has been as it is now.
    init(since: UInt64, kind: String, name: String) {
        self.since = since
        self.kind = kind
        self.name = name
    }

    mutating func count(_ delivery: ProxyDelivery?) {
        guard let delivery, delivery.isConnected, let published = delivery.published else { return }
        let refused = delivery.rejections.filter { $0.origin?.kind == kind && $0.origin?.name == name }
        if !refused.isEmpty {
            counts.rejected += 1
            for rejection in refused where rejections.count < Self.limit {
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

    var result: ObjectDelivery {
        ObjectDelivery(
            counts: ProxyCounts(acked: counts.acked, pending: counts.pending, rejected: counts.rejected),
            rejections: rejections.sorted { ($0.resource, $0.message) < ($1.resource, $1.message) }
        )
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

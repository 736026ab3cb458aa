import EnvoyAPI

/// How far a proxy is.
package struct ProxyDelivery: Hashable, Sendable {
    /// Of the snapshot published last; `nil` when there is none.
    package var published: UInt64?
    /// What the proxy acknowledged since it connected: all of this generation that it could accept.
    package var acknowledged: UInt64?
    /// What the proxy does not accept now. It keeps what it had, and everything else went on.
    package var rejections: [PushRejection] = []
    package var isConnected = false

    package init() {}

    package enum Phase: Hashable, Sendable {
        case acknowledged, pending, rejected, disconnected
    }

    package var phase: Phase {
        if !isConnected { return .disconnected }
        if !rejections.isEmpty { return .rejected }
        return published != nil && acknowledged == published ? .acknowledged : .pending
    }
}

/// How far the proxies of a mesh are. `total` counts those that are connected.
package struct DeliverySummary: Hashable, Sendable {
    package var total = 0
    package var acknowledged = 0
    package var pending = 0
    package var rejected = 0
    /// For each origin whose resources are rejected: by how many proxies, and one of the rejections.
    package var rejectionsByOrigin: [ResourceOrigin: OriginRejection] = [:]

    package struct OriginRejection: Hashable, Sendable {
        package var proxies: Int
        package var example: PushRejection
    }

    package init() {}

    mutating func count(_ delivery: ProxyDelivery) {
        switch delivery.phase {
        case .disconnected: return
        case .acknowledged: acknowledged += 1
        case .pending: pending += 1
        case .rejected: rejected += 1
        }
        total += 1
        var seen: Set<ResourceOrigin> = []
        for rejection in delivery.rejections {
            guard let origin = rejection.origin, seen.insert(origin).inserted else { continue }
            rejectionsByOrigin[origin, default: OriginRejection(proxies: 0, example: rejection)].proxies += 1
        }
    }
}

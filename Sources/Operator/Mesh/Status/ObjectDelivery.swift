import SwiftletAPI

/// How far the configuration that follows from one object has come.
package struct ObjectDelivery: Hashable, Sendable {
    /// A resource that proxies refused.
    package struct Rejection: Hashable, Sendable {
        /// Such as `route outbound:web_shop_svc_80`.
        package var resource: String
        /// Envoy's words.
        package var message: String

        package init(resource: String, message: String) {
            self.resource = resource
            self.message = message
        }
    }

    package var counts: ProxyCounts
    /// Each once, in order; not one per proxy.
    package var rejections: [Rejection]

    package init(counts: ProxyCounts = ProxyCounts(), rejections: [Rejection] = []) {
        self.counts = counts
        self.rejections = rejections
    }
}

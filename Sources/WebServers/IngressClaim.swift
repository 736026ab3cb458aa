import KubeModel
import SwiftletAPI

/// Decides who has a place that several WebServers ask for.
///
/// Whoever has an Ingress there already keeps it, so that nobody takes a place away by editing an older WebServer. Of several, or when
/// nobody has one, the WebServer that was created first.
package struct IngressClaim: Hashable, Sendable, Comparable {
    package var key: ObjectKey
    package var isInPlace: Bool
    private let created: Int64

    package init(_ webServer: WebServer, isInPlace: Bool) {
        key = webServer.key
        self.isInPlace = isInPlace
        created = webServer.metadata.creationTimestamp?.secondsSinceEpoch ?? .max
    }

    /// The stronger claim is the lesser one.
    package static func < (left: IngressClaim, right: IngressClaim) -> Bool {
        (left.isInPlace ? 0 : 1, left.created, left.key) < (right.isInPlace ? 0 : 1, right.created, right.key)
    }

    /// The strongest of the rivals that goes before this one; `nil` when the place is its own.
    ///
    /// A place may be had only when it is certain that it is free, and is lost only when it is certain that it is another's: what is not
    /// known is no reason to take an Ingress away that is served.
    package func holder(among rivals: [(IngressClaim, IngressRivalry)]) -> ObjectKey? {
        let counting = rivals.lazy.filter { $0.1 == .certain || $0.1 == .possible && !isInPlace }
        guard let strongest = counting.map(\.0).min(), strongest < self else { return nil }
        return strongest.key
    }
}

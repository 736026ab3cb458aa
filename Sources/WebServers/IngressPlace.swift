import JSON
import KubeModel
import SwiftletAPI

/// What an Ingress takes for itself: requests for a host with a path. `pathType` is no part of it: whoever is given one path of a host
/// literally takes it from those who have it as a prefix.
package struct IngressPlace: Hashable, Sendable, CustomStringConvertible {
    /// In lower case; empty for all hosts.
    package var host: String
    /// Without a slash at its end, but for the root.
    package var path: String

    package init(host: String?, path: String) {
        self.host = host?.lowercased() ?? ""
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        self.path = trimmed.isEmpty ? "/" : trimmed
    }

    /// All that an Ingress takes.
    ///
    /// - Parameter spec: of the Ingress.
    package static func all(ofIngress spec: JSONValue) -> [IngressPlace] {
        (spec["rules"]?.arrayValue ?? []).flatMap { rule in
            (rule[path: "http", "paths"]?.arrayValue ?? []).map { path in
                IngressPlace(host: rule["host"]?.stringValue, path: path["path"]?.stringValue ?? "/")
            }
        }
    }

    package init(_ section: IngressSection) { self.init(host: section.host, path: section.path) }

    /// `host phys.app with path /`.
    package var description: String { "\(host.isEmpty ? "any host" : "host \(host)") with path \(path)" }
}

extension WebServer {
    /// `nil` for one that asks for no Ingress.
    package var ingressPlace: IngressPlace? { spec.ingress.map(IngressPlace.init) }

    /// The class that decides which controller serves the Ingress; `nil` for the default one.
    package var ingressClass: String? {
        spec.ingress.flatMap { $0.ingressClass ?? $0.annotations["kubernetes.io/ingress.class"] }
    }

    /// Whether both ask for the same place.
    ///
    /// - Parameter defaultClass: that of the cluster; `nil` when there is none or it is not known, upon which no class may be any class.
    package func rivalry(with other: WebServer, defaultClass: String?) -> IngressRivalry {
        guard key != other.key, let place = ingressPlace, place == other.ingressPlace else { return .none }
        let (own, others) = (ingressClass ?? defaultClass, other.ingressClass ?? defaultClass)
        if own == others { return .certain }
        return own == nil || others == nil ? .possible : .none
    }
}

/// Whether two WebServers are in each other's way.
package enum IngressRivalry: Hashable, Sendable {
    case none
    /// One of them names no class, and which one it gets is not known: both may be served by one ingress controller, or by two.
    case possible
    case certain
}

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

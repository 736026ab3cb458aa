import Dataplanes
import TrafficPolicy

extension TrafficProtocol {
    /// What may be assumed of traffic that goes to either: grpc is http2, and all are tcp. HTTP/1.1 and HTTP/2 have only tcp in
    /// common (as Kuma 2.14).
    package func common(with other: TrafficProtocol) -> TrafficProtocol {
        if self == other { return self }
        let pair: Set = [self, other]
        return pair == [.grpc, .http2] ? .http2 : .tcp
    }
}

extension ServiceRoute {
    /// What the listeners of `service` take the traffic for: what all destinations of the route have in common. Destinations that are
    /// no service of the mesh do not count; if none is, it is the service's own.
    ///
    /// Rules, and a split by request instead of by connection, need HTTP.
    package func trafficProtocol(
        own: TrafficProtocol,
        of protocols: (_ service: String) -> TrafficProtocol?
    ) -> TrafficProtocol {
        let splits = CollectionOfOne(split) + rules.map(\.split)
        let all = splits.joined().compactMap { protocols($0.tags.service) }
        return all.dropFirst().reduce(all.first) { $0?.common(with: $1) } ?? own
    }
}

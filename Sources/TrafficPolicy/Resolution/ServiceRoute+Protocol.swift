import Dataplanes

extension ServiceRoute {
    /// Every tag set that traffic may go to, without repetition, in the order they are named.
    package var destinations: [Tags] {
        var seen: Set<Tags> = []
        return (split + rules.flatMap(\.split)).map(\.tags).filter { seen.insert($0).inserted }
    }

    /// What the traffic can be treated as: what all services that it may go to have in common.
    ///
    /// Only for HTTP there are ``rules``, and a split by request. Source: Kuma 2.14, which stacks grpc on http2 on tcp, and http and kafka on tcp.
    ///
    /// - Parameter trafficProtocol: of a service; `nil` for one that is not known, which has no say: that a release is not
    ///   there yet must not turn requests into bytes. tcp if none is known.
    package func trafficProtocol(_ trafficProtocol: (_ service: String) -> TrafficProtocol?) -> TrafficProtocol {
        let protocols = destinations.compactMap { trafficProtocol($0.service) }
        guard let first = protocols.first else { return .tcp }
        return protocols.dropFirst().reduce(first) { $0.common(with: $1) }
    }
}

extension TrafficProtocol {
    /// The topmost protocol that both are made of.
    package func common(with other: TrafficProtocol) -> TrafficProtocol {
        stack.first { other.stack.contains($0) } ?? .tcp
    }

    /// From top to bottom.
    private var stack: [TrafficProtocol] {
        switch self {
        case .tcp: [.tcp]
        case .http: [.http, .tcp]
        case .http2: [.http2, .tcp]
        case .grpc: [.grpc, .http2, .tcp]
        case .kafka: [.kafka, .tcp]
        }
    }
}

/// What is spoken on a port: decides whether traffic is split by request or by connection.
package enum TrafficProtocol: String, Hashable, Sendable, CaseIterable {
    case tcp, http, http2, grpc, kafka

    /// Whether single requests can be told apart and routed.
    package var isHTTP: Bool { self == .http || self == .http2 || self == .grpc }

    /// From the most special to the most general, this one first.
    private var stack: [TrafficProtocol] {
        switch self {
        case .grpc: [.grpc, .http2, .tcp]
        case .http2: [.http2, .tcp]
        case .http: [.http, .tcp]
        case .kafka: [.kafka, .tcp]
        case .tcp: [.tcp]
        }
    }

    /// The most special protocol that both speak. That of http and http2 is tcp, as in Kuma: their bytes differ.
    package func common(with other: TrafficProtocol) -> TrafficProtocol {
        stack.first { other.stack.contains($0) } ?? .tcp
    }

    /// What all of them speak; tcp for none.
    package static func common(_ protocols: some Sequence<TrafficProtocol>) -> TrafficProtocol {
        protocols.reduce(nil) { common, next in common?.common(with: next) ?? next } ?? .tcp
    }
}

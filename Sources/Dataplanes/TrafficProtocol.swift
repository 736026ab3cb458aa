/// What is spoken on a port: decides whether traffic is split by request or by connection.
package enum TrafficProtocol: String, Hashable, Sendable, CaseIterable {
    case tcp, http, http2, grpc, kafka

    /// Whether single requests can be told apart and routed.
    package var isHTTP: Bool { self == .http || self == .http2 || self == .grpc }
}

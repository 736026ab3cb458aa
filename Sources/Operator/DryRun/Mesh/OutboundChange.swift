import Dataplanes
import EnvoyConfig
import TrafficPolicy

/// What becomes different about the traffic of some proxies to one service.
package struct OutboundChange: Sendable {
    /// The traffic at one moment.
    package struct Side: Hashable, Sendable {
        /// As callers' proxies take the traffic, which decides whether requests or connections are split.
        package var trafficProtocol: TrafficProtocol
        /// The TrafficRoute; `nil` when none does, and all of the service gets the traffic.
        package var decidedBy: String?
        package var loadBalancer: LoadBalancer
        package var shares: TrafficShares
        /// What `conf.http` sends elsewhere, in order. Empty where no HTTP is spoken, since it has no effect there.
        package var rules: [RuleShares]
    }

    /// Requests that one rule takes, and where they go.
    package struct RuleShares: Hashable, Sendable {
        /// `GET /api*`.
        package var match: String
        package var shares: TrafficShares
    }

    package var mesh: String
    /// `kuma.io/service`.
    package var service: String
    /// Where applications send to, such as `10.1.0.1:80`.
    package var addresses: [String]
    package var callers: [CallerCount]
    /// `nil` when the service is no destination of the mesh: what is sent there passes through.
    package var before: Side?
    package var after: Side?
}

extension OutboundChange.Side {
    /// - Parameter services: those of the mesh.
    init(_ route: ServiceRoute, to service: MeshService, among services: [String: MeshService]) {
        trafficProtocol = route.trafficProtocol(own: service.trafficProtocol) { services[$0]?.trafficProtocol }
        decidedBy = route.origin
        loadBalancer = route.loadBalancer
        shares = route.shares { services[$0] }
        rules =
            trafficProtocol.isHTTP
            ? route.rules.map { rule in
                OutboundChange.RuleShares(
                    match: rule.match.summary,
                    shares: ServiceRoute(origin: nil, split: rule.split).shares { services[$0] }
                )
            } : []
    }
}

extension RequestMatch {
    /// `GET /api*, x-user: me`; `*` stands for the rest of a prefix, `~` for a regular expression.
    fileprivate var summary: String {
        let parts = [method, path].compactMap { $0?.summary }
        let named = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.summary)" }
        return ([parts.joined(separator: " ")].filter { !$0.isEmpty } + named).joined(separator: ", ")
    }
}

extension TextMatch {
    fileprivate var summary: String {
        switch self {
        case .prefix(let text): "\(text)*"
        case .exact(let text): text
        case .regex(let text): "~\(text)"
        }
    }
}

extension LoadBalancer {
    /// As TrafficRoutes name it.
    var summary: String {
        switch self {
        case .roundRobin: "roundRobin"
        case .leastRequest(let count): count.map { "leastRequest of \($0)" } ?? "leastRequest"
        case .ringHash(let function, let minimum, let maximum):
            (["ringHash", function?.rawValue] + [minimum, maximum].map { $0.map { "\($0)" } }).compactMap { $0 }
                .joined(separator: " ")
        case .random: "random"
        case .maglev: "maglev"
        }
    }
}

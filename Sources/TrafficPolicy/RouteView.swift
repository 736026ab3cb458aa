/// What one proxy's routes look like: many proxies share one, and with it everything that is encoded for it.
package struct RouteView: Hashable, Sendable {
    /// By `kuma.io/service`: the services that a TrafficRoute decides about for this proxy. All others have ``ServiceRoute/all(of:)``.
    package var decided: [String: ServiceRoute]

    package init(decided: [String: ServiceRoute] = [:]) { self.decided = decided }

    package func route(to service: String) -> ServiceRoute { decided[service] ?? .all(of: service) }
}

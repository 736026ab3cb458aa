/// One port of a pod that a Service makes reachable.
package struct Inbound: Hashable, Sendable {
    /// The port of a pod that no Service makes reachable: reserved, so nothing can listen on it. Its inbound is there for its tags alone.
    package static let servicelessPort: UInt16 = 49151

    package enum State: String, Hashable, Sendable {
        case ready = "Ready"
        case notReady = "NotReady"
        /// Matched only when ignored selector labels are left out: no endpoint, no listener.
        case ignored = "Ignored"
    }

    /// The container's port.
    package var port: UInt16
    /// Of the port that the container declares; empty if it has none.
    package var name: String
    package var tags: Tags
    package var state: State

    package init(port: UInt16, name: String = "", tags: Tags, state: State) {
        self.port = port
        self.name = name
        self.tags = tags
        self.state = state
    }

    /// Whether this is the inbound of a pod that no Service makes reachable: not a destination and not a listener.
    package var isServiceless: Bool { port == Self.servicelessPort && tags[TagName.serviceName] == nil }

    package var service: String { tags.service }
    /// `kuma.io/protocol`; tcp when it is missing or unknown.
    package var trafficProtocol: TrafficProtocol { tags[TagName.protocolName].flatMap(TrafficProtocol.init) ?? .tcp }
}

import KubeApply
import KubeModel
import SwiftletAPI

/// What the children of one WebServer should be, each with its digest.
///
/// Making them is most of the work of planning, and they depend on less than a plan does: whoever plans again can use them again.
package struct ChildIntents: Sendable {
    /// All that intents depend on.
    private struct Basis: Hashable {
        var uid: UID
        /// Stands for the spec.
        var generation: Int64
        var claimModes: [String]?
        var configDigests: [ConfigKey: String]
        var served: ServedKinds
        var hasIngress: Bool

        init(_ webServer: WebServer, _ observation: WebServerObservation) {
            uid = webServer.uid
            generation = webServer.metadata.generation
            claimModes = observation.claim?.accessModes
            configDigests = observation.configDigests
            served = observation.served
            hasIngress = observation.ingressHolder == nil
        }
    }

    private let basis: Basis
    private let intents: [ChildRole: DynamicObject]

    package init(of webServer: WebServer, given observation: WebServerObservation) {
        basis = Basis(webServer, observation)
        var intents: [ChildRole: DynamicObject] = [:]
        for role in ChildRole.allCases {
            guard let resource = role.resource(in: observation.served) else { continue }
            let intent = WebServerPlanner.intent(for: role, resource: resource, of: webServer, given: observation)
            intents[role] = intent.map(IntentDigest.stamped)
        }
        self.intents = intents
    }

    /// Whether these are the intents of this stored WebServer, given this.
    package func areCurrent(for webServer: WebServer, given observation: WebServerObservation) -> Bool {
        basis == Basis(webServer, observation)
    }

    /// `nil` when the spec asks for no such child.
    subscript(role: ChildRole) -> DynamicObject? { intents[role] }
}

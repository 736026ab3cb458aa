import JSON
import KubeModel

/// How an object is deleted.
package struct DeleteOptions: Hashable, Sendable {
    /// What becomes of the objects that this one owns.
    package enum PropagationPolicy: String, Hashable, Sendable {
        /// They stay, without their owner.
        case orphan = "Orphan"
        /// The object goes at once and they follow.
        case background = "Background"
        /// They go first.
        case foreground = "Foreground"
    }

    /// Refused with a conflict if the object is another one by now.
    package var uid: UID?
    /// Refused with a conflict if the object has changed.
    package var resourceVersion: ResourceVersion?
    /// `nil` leaves it to the server, which takes the kind's default.
    package var propagationPolicy: PropagationPolicy?
    package var gracePeriodSeconds: Int?
    /// Goes through admission and deletes nothing.
    package var dryRun: Bool

    package init(
        uid: UID? = nil,
        resourceVersion: ResourceVersion? = nil,
        propagationPolicy: PropagationPolicy? = nil,
        gracePeriodSeconds: Int? = nil,
        dryRun: Bool = false
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagationPolicy = propagationPolicy
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
    }

    var body: JSONValue {
        let preconditions: JSONValue? =
            uid == nil && resourceVersion == nil
            ? nil
            : .compact([
                "uid": uid.map { .string($0.description) },
                "resourceVersion": resourceVersion.map { .string($0.description) },
            ])
        return .compact([
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": preconditions,
            "propagationPolicy": propagationPolicy.map { .string($0.rawValue) },
            "gracePeriodSeconds": gracePeriodSeconds.map { .int(Int64($0)) },
            "dryRun": dryRun ? .some(["All"]) : .none,
        ])
    }
}

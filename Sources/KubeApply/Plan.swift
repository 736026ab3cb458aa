import JSON
import KubeModel

/// What a reconciler decided to do, in order: a value, so that performing it, printing it and testing it cannot disagree.
package struct Plan: Hashable, Sendable {
    package var actions: [PlannedAction]

    package init(_ actions: [PlannedAction] = []) { self.actions = actions }

    package var isEmpty: Bool { actions.isEmpty }
}

/// One write.
package enum PlannedAction: Hashable, Sendable {
    /// Server-side apply of the whole intent.
    case apply(Apply)
    /// Deletion of exactly the object that was seen.
    case delete(Deletion)
    /// Server-side apply of the status subresource.
    case applyStatus(Apply)

    package struct Apply: Hashable, Sendable {
        package var resource: APIResource
        package var intent: DynamicObject
        package var manager: String
        package var mode: Mode
        /// For people: why this is needed.
        package var reason: String
        /// How the server merges, when its merge alone would leave the object in another order, or with more in a selector, than the intent
        /// says; ``ApplyCorrection`` is needed then. `nil` otherwise.
        package var correcting: ApplySemantics?

        package enum Mode: Hashable, Sendable {
            /// Nothing of that name was seen. Fails with a conflict if somebody else's object has appeared meanwhile, and leaves it as it
            /// was.
            case create
            /// The object seen is ours: our fields are taken back from whoever changed them, as long as it is the same object.
            case update(UID)
        }

        package init(
            resource: APIResource,
            intent: DynamicObject,
            manager: String,
            mode: Mode,
            reason: String,
            correcting: ApplySemantics? = nil
        ) {
            self.resource = resource
            self.intent = intent
            self.manager = manager
            self.mode = mode
            self.reason = reason
            self.correcting = correcting
        }
    }

    package struct Deletion: Hashable, Sendable {
        package var resource: APIResource
        package var key: ObjectKey
        /// Only this object; a recreated one of the same name stays.
        package var uid: UID
        /// For people: why it is no longer wanted.
        package var reason: String

        package init(resource: APIResource, key: ObjectKey, uid: UID, reason: String) {
            self.resource = resource
            self.key = key
            self.uid = uid
            self.reason = reason
        }
    }

    package var resource: APIResource {
        switch self {
        case .apply(let apply), .applyStatus(let apply): apply.resource
        case .delete(let deletion): deletion.resource
        }
    }

    package var key: ObjectKey {
        switch self {
        case .apply(let apply), .applyStatus(let apply): apply.intent.key
        case .delete(let deletion): deletion.key
        }
    }

    /// The object that is written.
    package var identity: ObjectIdentity { ObjectIdentity(groupKind: resource.groupKind, key: key) }
}

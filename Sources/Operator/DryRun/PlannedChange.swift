import JSON
import KubeModel

/// One object before and after a plan, as a person would compare them.
package struct PlannedChange: Sendable {
    package enum Verb: String, Sendable {
        case create
        case change
        case delete
    }

    package var verb: Verb
    package var resource: APIResource
    package var key: ObjectKey
    /// For people: why.
    package var reason: String
    /// `nil` for a creation.
    package var before: DynamicObject?
    /// `nil` for a deletion.
    package var after: DynamicObject?

    /// The objects without what only the server writes and without Swiftlet's own book-keeping.
    init(
        _ verb: Verb,
        _ resource: APIResource,
        _ key: ObjectKey,
        reason: String,
        before: DynamicObject?,
        after: DynamicObject?
    ) {
        self.verb = verb
        self.resource = resource
        self.key = key
        self.reason = reason
        self.before = before?.forComparison(as: resource)
        self.after = after?.forComparison(as: resource)
    }

    var identity: ObjectIdentity { ObjectIdentity(groupKind: resource.groupKind, key: key) }

    /// Whether there is anything to see.
    var isVisible: Bool { before != after }
}

extension DynamicObject {
    /// What a person compares, with the type that list items lack filled in.
    fileprivate func forComparison(as resource: APIResource) -> DynamicObject {
        var object = withoutServerFields()
        if object.apiVersion.isEmpty { object.value["apiVersion"] = .string(resource.apiVersion) }
        if object.kind.isEmpty { object.value["kind"] = .string(resource.kind) }
        var annotations = object.value[path: "metadata", "annotations"]?.objectValue ?? [:]
        annotations[SwiftletAnnotations.digest] = nil
        object.value[path: "metadata", "annotations"] = annotations.isEmpty ? nil : .object(annotations)
        return object
    }
}

import KubeModel

/// The object that an event is about.
package struct EventSubject: Hashable, Sendable {
    package var kind: GroupVersionKind
    package var key: ObjectKey
    package var uid: UID

    package init(kind: GroupVersionKind, key: ObjectKey, uid: UID) {
        self.kind = kind
        self.key = key
        self.uid = uid
    }

    /// Where its events are kept; those of cluster-scoped objects in `default`, as the API asks for.
    var eventNamespace: String { key.namespace.isEmpty ? "default" : key.namespace }
}

/// Something that happened, to be told to people by an `Event`.
package struct EventReport: Hashable, Sendable {
    package enum Severity: String, Hashable, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    package var subject: EventSubject
    package var severity: Severity
    /// Why, in one word such as `NameConflict`; programs read it.
    package var reason: String
    /// What was being done, in one word such as `Apply`.
    package var action: String
    /// A sentence for people.
    package var note: String

    package init(_ subject: EventSubject, _ severity: Severity, reason: String, action: String, note: String) {
        self.subject = subject
        self.severity = severity
        self.reason = reason
        self.action = action
        self.note = note
    }
}

/// Who reports.
package struct EventReporter: Hashable, Sendable {
    /// A qualified name such as `phys.app/swiftlet`.
    package var controller: String
    /// Such as the pod's name.
    package var instance: String

    package init(controller: String, instance: String) {
        self.controller = controller
        self.instance = instance
    }
}

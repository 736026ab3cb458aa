import JSON
import KubeModel

/// What the API server asks before it stores an object (`admission.k8s.io/v1`).
package struct AdmissionRequest: Hashable, Sendable {
    /// Names this one question; the answer carries it.
    package var uid: String
    package var kind: GroupVersionKind
    /// The group and version of ``plural``.
    package var groupVersion: GroupVersion
    /// The plural in the URL, such as `pods`.
    package var plural: String
    /// Such as `status`; `nil` for the object itself.
    package var subresource: String?
    /// Empty for a creation whose name the server will generate.
    package var name: String
    /// Empty for cluster-scoped objects, other than namespaces themselves.
    package var namespace: String
    package var operation: AdmissionOperation
    package var user: AdmissionUser
    /// The object as it is to be; `nil` for a deletion.
    package var object: JSONValue?
    /// The object as it is; `nil` for a creation.
    package var oldObject: JSONValue?
    /// The options of the request, such as `CreateOptions`.
    package var options: JSONValue?
    /// Nothing will be stored: a handler must have no effect beyond its answer.
    package var isDryRun: Bool

    package init(
        uid: String,
        kind: GroupVersionKind,
        groupVersion: GroupVersion,
        plural: String,
        subresource: String? = nil,
        name: String = "",
        namespace: String = "",
        operation: AdmissionOperation,
        user: AdmissionUser = AdmissionUser(),
        object: JSONValue? = nil,
        oldObject: JSONValue? = nil,
        options: JSONValue? = nil,
        isDryRun: Bool = false
    ) {
        self.uid = uid
        self.kind = kind
        self.groupVersion = groupVersion
        self.plural = plural
        self.subresource = subresource
        self.name = name
        self.namespace = namespace
        self.operation = operation
        self.user = user
        self.object = object
        self.oldObject = oldObject
        self.options = options
        self.isDryRun = isDryRun
    }

    /// `CREATE pods default/web`, for logs.
    package var summary: String {
        let resource = groupVersion.group.isEmpty ? plural : "\(plural).\(groupVersion.group)"
        let path = subresource.map { "\(resource)/\($0)" } ?? resource
        return "\(operation.rawValue) \(path) \(ObjectKey(namespace: namespace, name: name))"
    }
}

import JSON

/// Who makes the request, as the API server authenticated them.
package struct AdmissionUser: Hashable, Sendable {
    /// Such as `system:serviceaccount:default:builder`.
    package var name: String
    package var uid: String
    package var groups: [String]

    package init(name: String = "", uid: String = "", groups: [String] = []) {
        self.name = name
        self.uid = uid
        self.groups = groups
    }

    init(_ value: JSONValue) {
        name = value["username"]?.stringValue ?? ""
        uid = value["uid"]?.stringValue ?? ""
        groups = value["groups"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}

import JSON

/// A whole object of any kind, as it stands in a manifest or comes from the server.
package struct DynamicObject: Hashable, Sendable {
    package var value: JSONValue

    package init(_ value: JSONValue) { self.value = value }

    package var apiVersion: String { value["apiVersion"]?.stringValue ?? "" }
    package var kind: String { value["kind"]?.stringValue ?? "" }
    package var groupVersionKind: GroupVersionKind { GroupVersionKind(apiVersion: apiVersion, kind: kind) }
    package var name: String { value[path: "metadata", "name"]?.stringValue ?? "" }
    package var namespace: String { value[path: "metadata", "namespace"]?.stringValue ?? "" }
    package var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// What the object says it is, and where: unique within a cluster.
    package var identity: ObjectIdentity { ObjectIdentity(groupKind: groupVersionKind.groupKind, key: key) }

    /// The typed metadata.
    ///
    /// - Throws: ``JSONError`` when the object has none or it is malformed.
    package func metadata() throws(JSONError) -> ObjectMeta {
        var reader = JSONReader((value["metadata"] ?? [:]).encoded())
        return try ObjectMeta(from: &reader)
    }

    /// This object without what only the server writes (`managedFields`, `uid`, `resourceVersion`, `creationTimestamp`, `generation`,
    /// `selfLink`) and without `status`: what a person compares.
    package func withoutServerFields() -> DynamicObject {
        var result = self
        for field in ["managedFields", "uid", "resourceVersion", "creationTimestamp", "generation", "selfLink"] {
            result.value[path: "metadata", field] = nil
        }
        result.value["status"] = nil
        return result
    }
}

/// A kind, whatever its version, with namespace and name.
package struct ObjectIdentity: Hashable, Sendable, CustomStringConvertible {
    package var groupKind: GroupKind
    package var key: ObjectKey

    package init(groupKind: GroupKind, key: ObjectKey) {
        self.groupKind = groupKind
        self.key = key
    }

    /// `Deployment.apps default/web`.
    package var description: String { "\(groupKind) \(key)" }
}

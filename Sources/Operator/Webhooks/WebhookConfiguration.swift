import JSON
import KubeModel

/// One registration with the API server: which requests it asks us about.
package struct WebhookConfiguration: Sendable {
    /// On what the operator registers by itself, and so may take back; what a chart registers says something else.
    static let managedBy = (label: "app.kubernetes.io/managed-by", value: "swiftlet")
    /// Field manager of the registrations and of the bundles in them.
    package static let manager = "swiftlet-webhooks"

    /// ``APIResource/mutatingWebhookConfigurations`` or the validating ones.
    package let resource: APIResource
    package let name: String
    /// The elements of the object's `webhooks`.
    package let webhooks: [JSONValue]

    var key: ObjectKey { ObjectKey(namespace: "", name: name) }

    /// The object to apply.
    package var object: JSONValue { object(labels: [Self.managedBy.label: Self.managedBy.value]) }

    /// The object for those who apply it themselves.
    package var manifest: JSONValue { object(labels: [:]) }

    private func object(labels: [String: String]) -> JSONValue {
        let always = ["app.kubernetes.io/name": "swiftlet", "app.kubernetes.io/part-of": "swiftlet"]
        return [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": ["name": .string(name), "labels": .strings(always.merging(labels) { $1 })],
            "webhooks": .array(webhooks),
        ]
    }

    /// Whether what is stored says all that this says, bundles aside, which the keeper of certificates keeps.
    func isRegistered(in stored: DynamicObject?) -> Bool {
        guard let present = stored?.value["webhooks"] else { return false }
        return Self.says(present, .array(webhooks))
    }

    /// Whether the operator registered it by itself.
    static func isOurs(_ stored: DynamicObject) -> Bool {
        stored.value[path: "metadata", "labels", managedBy.label]?.stringValue == managedBy.value
    }

    /// The server adds defaults to what it stores, and providers of clusters add requirements by which their own namespaces are left alone.
    private static func says(_ stored: JSONValue, _ wanted: JSONValue) -> Bool {
        if let members = wanted.objectValue {
            return members.allSatisfy { name, value in
                guard name != "caBundle" else { return true }
                guard let present = stored[name] else { return false }
                guard name == "matchExpressions", let requirements = present.arrayValue else {
                    return says(present, value)
                }
                return (value.arrayValue ?? []).allSatisfy { wanted in
                    requirements.contains { says($0, wanted) }
                }
            }
        }
        if let elements = wanted.arrayValue {
            guard let present = stored.arrayValue, present.count == elements.count else { return false }
            return zip(present, elements).allSatisfy { says($0, $1) }
        }
        return stored == wanted
    }
}

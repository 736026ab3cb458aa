import JSON
import KubeModel
import SwiftletAPI

/// What all intents of one WebServer share.
struct ChildIntent {
    let webServer: WebServer
    /// How the child's kind is served.
    let resource: APIResource

    /// The whole object, owned by the WebServer and with the recommended labels.
    func object(annotations: [String: String] = [:], spec: JSONValue) -> DynamicObject {
        let owner = OwnerReference(
            apiVersion: WebServer.resource.apiVersion,
            kind: WebServer.resource.kind,
            name: webServer.metadata.name,
            uid: webServer.uid
        )
        return DynamicObject([
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": .compact([
                "name": .string(webServer.metadata.name), "namespace": .string(webServer.metadata.namespace),
                "labels": .strings(WebServerNames.labels(webServer.metadata.name)),
                "annotations": annotations.isEmpty ? nil : .strings(annotations),
                "ownerReferences": [owner.json],
            ]),
            "spec": spec,
        ])
    }
}

extension JSONValue {
    /// This value without members that are `null`: to the server an absent field and a `null` one are not the same in an apply.
    var withoutNulls: JSONValue {
        switch self {
        case .object(let members): .object(members.filter { !$0.value.isNull }.mapValues(\.withoutNulls))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }
}

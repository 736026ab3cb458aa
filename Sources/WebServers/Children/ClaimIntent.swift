import JSON
import KubeModel
import SwiftletAPI

/// The claim of a WebServer, for when it has to be created. It has no owner, so that deleting a WebServer never deletes data.
struct ClaimIntent {
    let webServer: WebServer
    let section: VolumeSection

    var object: DynamicObject {
        let resource = APIResource.persistentVolumeClaims
        return DynamicObject([
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": [
                "name": .string(section.name), "namespace": .string(webServer.metadata.namespace),
                "labels": .strings(WebServerNames.labels(webServer.metadata.name)),
            ],
            "spec": .compact([
                "accessModes": .strings(section.accessModes.map(\.rawValue)),
                "resources": ["requests": ["storage": .string(section.size.text)]],
                "storageClassName": section.storageClass.map(JSONValue.string),
            ]),
        ])
    }
}

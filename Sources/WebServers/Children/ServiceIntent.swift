import JSON
import KubeModel
import SwiftletAPI

/// The Service of a WebServer.
struct ServiceIntent {
    let webServer: WebServer

    var object: DynamicObject {
        let service = webServer.spec.service
        return ChildIntent(webServer: webServer, resource: .services).object(
            annotations: service.annotations,
            spec: [
                "type": .string(service.type.rawValue),
                "selector": .strings(WebServerNames.podSelector(webServer.metadata.name)),
                "ports": [
                    // The protocol is part of the list's key, which old servers do not default.
                    [
                        "name": .string(WebServerNames.port), "port": .int(Int64(service.port)),
                        "targetPort": .string(WebServerNames.port), "protocol": "TCP",
                    ]
                ],
            ]
        )
    }
}

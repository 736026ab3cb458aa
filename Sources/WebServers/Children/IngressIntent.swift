import JSON
import KubeModel
import SwiftletAPI

/// The Ingress of a WebServer.
struct IngressIntent {
    let webServer: WebServer
    let section: IngressSection
    let resource: APIResource

    var object: DynamicObject {
        let backend: JSONValue = [
            "service": ["name": .string(webServer.metadata.name), "port": ["name": .string(WebServerNames.port)]]
        ]
        let path: JSONValue = [
            "path": .string(section.path), "pathType": .string(section.pathType.rawValue), "backend": backend,
        ]
        return ChildIntent(webServer: webServer, resource: resource).object(
            annotations: section.annotations,
            spec: .compact([
                "ingressClassName": section.ingressClass.map(JSONValue.string),
                "rules": [.compact(["host": section.host.map(JSONValue.string), "http": ["paths": [path]]])],
                "tls": section.tls.map { tls in
                    [
                        .compact([
                            "hosts": section.host.map { [.string($0)] }, "secretName": .string(tls.secretName),
                        ])
                    ]
                },
            ])
        )
    }
}

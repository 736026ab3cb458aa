import JSON
import KubeAdmission
import KubeModel
import KubeRuntime
import SwiftletAPI
import WebServers

@testable import Operator

/// Objects and questions as the API server has them.
enum AdmissionSample {
    static func webServer(
        _ spec: JSONValue = [:],
        name: String = "web",
        namespace: String = "shop",
        createdAt: Int64 = 100,
        metadata: JSONValue = [:]
    ) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": .string(WebServer.resource.apiVersion), "kind": .string(WebServer.resource.kind),
            "metadata": metadata, "spec": spec,
        ]
        object[path: "metadata", "name"] = .string(name)
        object[path: "metadata", "namespace"] = .string(namespace)
        object[path: "metadata", "uid"] = .string("uid-of-\(namespace)-\(name)")
        object[path: "metadata", "resourceVersion"] = "1"
        object[path: "metadata", "generation"] = 1
        object[path: "metadata", "creationTimestamp"] = .string("\(Timestamp(secondsSinceEpoch: createdAt))")
        if spec["webServerImage"] == nil { object[path: "spec", "webServerImage"] = "nginx:1.27" }
        if spec["resources"] == nil { object[path: "spec", "resources"] = ["requests": ["cpu": "10m"]] }
        return object
    }

    static func route(
        _ name: String = "route-1",
        mesh: String = "default",
        weights: [Int64] = [90, 10],
        sources: JSONValue = [["match": ["kuma.io/service": "*"]]]
    ) -> JSONValue {
        let split = weights.enumerated().map { index, weight -> JSONValue in
            [
                "weight": .int(weight),
                "destination": ["kuma.io/service": "web_shop_svc_80", "version": .string("v\(index)")],
            ]
        }
        return [
            "apiVersion": .string(TrafficRoute.resource.apiVersion), "kind": .string(TrafficRoute.resource.kind),
            "mesh": .string(mesh), "metadata": ["name": .string(name)],
            "spec": [
                "sources": sources, "destinations": [["match": ["kuma.io/service": "web_shop_svc_80"]]],
                "conf": ["split": .array(split)],
            ],
        ]
    }

    static func mesh(_ name: String = "default", _ spec: JSONValue = [:]) -> JSONValue {
        [
            "apiVersion": .string(Mesh.resource.apiVersion), "kind": .string(Mesh.resource.kind),
            "metadata": ["name": .string(name)], "spec": spec,
        ]
    }

    /// - Parameter old: `nil` for a creation.
    static func request(
        _ resource: APIResource,
        _ object: JSONValue?,
        old: JSONValue? = nil,
        operation: AdmissionOperation? = nil,
        subresource: String? = nil
    ) -> AdmissionRequest {
        let metadata = (object ?? old)?["metadata"]
        return AdmissionRequest(
            uid: "1",
            kind: resource.groupVersionKind,
            groupVersion: GroupVersion(group: resource.group, version: resource.version),
            plural: resource.plural,
            subresource: subresource,
            name: metadata?["name"]?.stringValue ?? "",
            namespace: metadata?["namespace"]?.stringValue ?? "",
            operation: operation ?? (old == nil ? .create : .update),
            object: object,
            oldObject: old
        )
    }

    /// Stores that were filled with these.
    static func stores(
        _ webServers: [JSONValue] = [],
        claims: [JSONValue] = [],
        ingresses: [JSONValue] = [],
        deployments: [JSONValue] = [],
        classes: [JSONValue] = []
    ) throws -> WebServerStores {
        let stores = WebServerStores(served: .current)
        try fill(stores.webServers, webServers)
        try fill(stores.claims, claims)
        try fill(stores.ingressClasses, classes)
        for (role, store) in stores.children {
            try fill(store, role == .ingress ? ingresses : role == .deployment ? deployments : [])
        }
        return stores
    }

    static func fill<Object: WireObject>(_ store: Store<Object>, _ objects: [JSONValue]) throws {
        store.beginFill()
        for object in objects {
            var reader = JSONReader(object.encoded())
            store.put(try Object(json: &reader))
        }
        store.endFill(resourceVersion: ResourceVersion(1))
    }

    static func ingressClass(_ name: String, controller: String, isDefault: Bool = false) -> JSONValue {
        [
            "metadata": [
                "name": .string(name), "uid": .string("uid-of-\(name)"), "resourceVersion": "1",
                "annotations": isDefault ? [.init(IngressClassObject.defaultAnnotation): "true"] : [:],
            ],
            "spec": ["controller": .string(controller)],
        ]
    }

    /// An Ingress that a WebServer owns.
    static func ingress(
        of name: String = "web",
        namespace: String = "shop",
        host: String,
        path: String = "/",
        ingressClass: String? = nil
    ) -> JSONValue {
        [
            "metadata": [
                "name": .string(name), "namespace": .string(namespace), "uid": "uid-of-ingress", "resourceVersion": "1",
                "ownerReferences": [
                    [
                        "apiVersion": .string(WebServer.resource.apiVersion), "kind": .string(WebServer.resource.kind),
                        "name": .string(name), "uid": .string("uid-of-\(namespace)-\(name)"), "controller": true,
                    ]
                ],
            ],
            "spec": .compact([
                "ingressClassName": ingressClass.map { .string($0) },
                "rules": [["host": .string(host), "http": ["paths": [["path": .string(path)]]]]],
            ]),
        ]
    }
}

extension AdmissionResponse {
    /// `spec.ingress: ...`, for comparisons.
    var causes: [String] { denial?.causes.map { "\($0.field): \($0.message)" } ?? [] }
}

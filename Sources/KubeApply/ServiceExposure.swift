import JSON
import KubeModel

/// What the server takes from a Service by itself when its type becomes one that is not reached from outside the cluster.
///
/// Source: `dropTypeDependentFields` of the API server.
enum ServiceExposure {
    /// The object without what it has left of an exposure that it had and has no more, except what the intent says.
    static func given(up live: DynamicObject, in object: DynamicObject, unless intent: DynamicObject) -> DynamicObject {
        guard object.groupVersionKind.groupKind == APIResource.services.groupKind, isExposed(live), !isExposed(object)
        else { return object }
        var result = object
        for field in ["externalTrafficPolicy", "healthCheckNodePort"] where intent.value[path: "spec", field] == nil {
            result.value[path: "spec", field] = nil
        }
        if var ports = object.value[path: "spec", "ports"]?.arrayValue {
            for index in ports.indices { ports[index]["nodePort"] = nil }
            result.value[path: "spec", "ports"] = .array(ports)
        }
        return result
    }

    private static func isExposed(_ service: DynamicObject) -> Bool {
        ["NodePort", "LoadBalancer"].contains(service.value[path: "spec", "type"]?.stringValue)
    }
}

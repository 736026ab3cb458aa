import JSON
import KubeModel
import SwiftletAPI
import WebServers

/// WebServers as an API server stores them.
enum Samples {
    /// `default/web` with the image `nginx`, in its third generation.
    static func webServer(_ change: (inout WebServerSpec) -> Void = { _ in }) -> WebServer {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "default", name: "web"))
        metadata.uid = UID("11111111-2222-3333-4444-555555555555")
        metadata.generation = 3
        var spec = WebServerSpec(webServerImage: "nginx")
        change(&spec)
        return WebServer(metadata: metadata, spec: spec)
    }
}

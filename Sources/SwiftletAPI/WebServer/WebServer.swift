import JSON
import KubeModel

/// An image, an ingress and a volume that become a running, reachable web server.
package struct WebServer: Hashable, Sendable {
    package static let resource = APIResource(
        group: "web.phys.app",
        version: "v1alpha1",
        kind: "WebServer",
        plural: "webservers"
    )

    package var metadata: ObjectMeta
    package var spec: WebServerSpec
    /// `nil` until the operator has written one.
    package var status: WebServerStatus?

    package init(metadata: ObjectMeta, spec: WebServerSpec, status: WebServerStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package var key: ObjectKey { metadata.key }
    package var uid: UID { metadata.uid }
    package var resourceVersion: ResourceVersion { metadata.resourceVersion }
}

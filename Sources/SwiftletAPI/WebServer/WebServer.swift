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

extension WebServer: WireObject {
    /// Reads a whole object, whose `apiVersion` and `kind` are taken for granted: items of lists have none.
    ///
    /// - Throws: `JSONError` when the bytes are no object, ``ObjectError`` when a field of it is not as it must be.
    package init(json reader: inout JSONReader) throws {
        let parts = try ObjectParts(kind: Self.resource.kind, from: &reader)
        self.init(
            metadata: parts.metadata,
            spec: try parts.decodeSpec(WebServerSpec.self).withoutEmptyTexts,
            status: try parts.decodeStatus(WebServerStatus.self)
        )
    }

    /// Reads a whole object from a manifest or from the API.
    ///
    /// - Throws: as ``init(json:)``.
    package init(_ object: JSONValue) throws {
        var reader = JSONReader(object.encoded())
        try self.init(json: &reader)
    }
}

import JSON
import KubeModel

/// Which share of whose traffic goes where (Kuma 2.14).
package struct TrafficRoute: Hashable, Sendable {
    package static let resource = APIResource(
        group: "kuma.io",
        version: "v1alpha1",
        kind: "TrafficRoute",
        plural: "trafficroutes",
        isNamespaced: false
    )

    /// Always without a namespace, which manifests may give and clusters ignore.
    package var metadata: ObjectMeta
    /// Whose traffic this is about; beside the spec in manifests.
    package var mesh: String
    package var spec: TrafficRouteSpec
    /// `nil` until the operator has written one.
    package var status: ProgrammingStatus?
    /// Why the stored object could not be read; ``spec`` is empty then. ``validate()`` tells it.
    package var unreadable: FieldError?
    /// Warnings about what was read but has no effect. ``validate()`` tells them.
    package var remarks: [FieldError] = []

    package init(
        metadata: ObjectMeta,
        mesh: String = Mesh.defaultName,
        spec: TrafficRouteSpec,
        status: ProgrammingStatus? = nil
    ) {
        self.metadata = metadata
        self.metadata.key.namespace = ""
        self.mesh = mesh
        self.spec = spec
        self.status = status
    }

    package var key: ObjectKey { metadata.key }
    package var uid: UID { metadata.uid }
    package var resourceVersion: ResourceVersion { metadata.resourceVersion }
}

extension TrafficRoute: WireObject {
    /// Reads a whole object, whose `apiVersion` and `kind` are taken for granted: items of lists have none.
    ///
    /// An object that does not fit the schema is read all the same, so that its condition can tell what is wrong with it.
    ///
    /// - Throws: `JSONError` when the bytes are no object, ``ObjectError`` when it has no name.
    package init(json reader: inout JSONReader) throws {
        let parts = try ObjectParts(kind: Self.resource.kind, from: &reader)
        let (spec, remarks, problem) = parts.readSpec(TrafficRouteSpec.self, as: Self.specSchema)
        self.init(
            metadata: parts.metadata,
            mesh: parts.mesh.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? Mesh.defaultName,
            spec: spec ?? TrafficRouteSpec(),
            status: parts.readStatus()
        )
        self.remarks = remarks
        unreadable = problem
        if parts.mesh.stringValue == nil, !parts.mesh.isNull {
            unreadable = FieldError(["mesh"], "expected string, found \(parts.mesh.typeName)")
        }
    }

    /// Reads a whole object from a manifest or from the API.
    ///
    /// - Throws: as ``init(json:)``.
    package init(_ object: JSONValue) throws {
        var reader = JSONReader(object.encoded())
        try self.init(json: &reader)
    }
}

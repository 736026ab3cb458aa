import JSON
import KubeModel

/// Which proxies belong together, and what holds for all of them (Kuma 2.14).
package struct Mesh: Hashable, Sendable {
    package static let resource = APIResource(
        group: "kuma.io",
        version: "v1alpha1",
        kind: "Mesh",
        plural: "meshes",
        isNamespaced: false
    )

    /// The mesh of everything that names none.
    package static let defaultName = "default"

    /// Always without a namespace, which manifests may give and clusters ignore.
    package var metadata: ObjectMeta
    package var spec: MeshSpec
    /// `nil` until the operator has written one.
    package var status: ProgrammingStatus?
    /// Why the stored object could not be read; ``spec`` is empty then. ``validate()`` tells it.
    package var unreadable: FieldError?
    /// Warnings about what was read but has no effect. ``validate()`` tells them.
    package var remarks: [FieldError] = []

    package init(metadata: ObjectMeta, spec: MeshSpec = MeshSpec(), status: ProgrammingStatus? = nil) {
        self.metadata = metadata
        self.metadata.key.namespace = ""
        self.spec = spec
        self.status = status
    }

    package var key: ObjectKey { metadata.key }
    package var uid: UID { metadata.uid }
    package var resourceVersion: ResourceVersion { metadata.resourceVersion }
}

extension Mesh: WireObject {
    /// Reads a whole object, whose `apiVersion` and `kind` are taken for granted: items of lists have none.
    ///
    /// An object that does not fit the schema is read all the same, so that its condition can tell what is wrong with it.
    ///
    /// - Throws: `JSONError` when the bytes are no object, ``ObjectError`` when it has no name.
    package init(json reader: inout JSONReader) throws {
        let parts = try ObjectParts(kind: Self.resource.kind, from: &reader)
        let (spec, remarks, problem) = parts.readSpec(MeshSpec.self, as: Self.specSchema)
        self.init(metadata: parts.metadata, spec: spec ?? MeshSpec(), status: parts.readStatus())
        self.remarks = remarks
        unreadable = problem
    }

    /// Reads a whole object from a manifest or from the API.
    ///
    /// - Throws: as ``init(json:)``.
    package init(_ object: JSONValue) throws {
        var reader = JSONReader(object.encoded())
        try self.init(json: &reader)
    }
}

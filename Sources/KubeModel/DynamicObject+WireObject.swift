import JSON

extension DynamicObject: WireObject {
    /// 16 bytes of identity; empty for an object that no server has seen.
    package var uid: UID { UID(value[path: "metadata", "uid"]?.stringValue ?? "") }

    /// 0 for an object that no server has seen.
    package var resourceVersion: ResourceVersion {
        value[path: "metadata", "resourceVersion"]?.stringValue.flatMap { ResourceVersion($0) } ?? ResourceVersion(0)
    }

    /// Reads a whole object, `managedFields` included.
    ///
    /// - Throws: ``JSONError`` unless it is an object with a name.
    package init(json reader: inout JSONReader) throws {
        let start = reader.position
        self.init(try reader.readValue())
        guard !name.isEmpty else { throw JSONError(.typeMismatch, "an object has no metadata.name", offset: start) }
    }
}

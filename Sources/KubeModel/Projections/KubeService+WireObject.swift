import JSON

extension KubeService: ProtobufWireObject {
    /// - Throws: ``JSONError`` unless it is a Service with a name.
    package init(json reader: inout JSONReader) throws {
        let start = reader.position
        let fields = try Fields(json: &reader)
        guard !fields.key.name.isEmpty else { throw JSONError(.typeMismatch, "no metadata.name", offset: start) }
        self.init(fields)
    }

    /// - Throws: ``ProtobufError`` unless it is a Service with a name.
    package init(protobuf reader: inout ProtobufReader) throws {
        let start = reader.position
        let fields = try Fields(protobuf: &reader)
        guard !fields.key.name.isEmpty else { throw ProtobufError(.typeMismatch, "no metadata.name", offset: start) }
        self.init(fields)
    }
}

import JSON
import Synchronization

extension Pod: ProtobufWireObject {
    /// One for all, because pods of one cluster are read by whoever watches them; held while one pod is read.
    private static let recentlySeen = Mutex(RecentlySeen())

    /// The `status.reason` of a pod that the kubelet evicted.
    static let evicted = "Evicted"

    /// - Throws: ``JSONError`` unless it is a pod with a name.
    package init(json reader: inout JSONReader) throws {
        let start = reader.position
        let fields = try Self.recentlySeen.withLock { (seen) throws(JSONError) in
            var fields = try Fields(json: &reader, &seen)
            fields.share(&seen)
            return fields
        }
        guard !fields.key.name.isEmpty else { throw JSONError(.typeMismatch, "no metadata.name", offset: start) }
        self.init(fields)
    }

    /// - Throws: ``ProtobufError`` unless it is a pod with a name.
    package init(protobuf reader: inout ProtobufReader) throws {
        let start = reader.position
        let fields = try Self.recentlySeen.withLock { (seen) throws(ProtobufError) in
            var fields = try Fields(protobuf: &reader, &seen)
            fields.share(&seen)
            return fields
        }
        guard !fields.key.name.isEmpty else { throw ProtobufError(.typeMismatch, "no metadata.name", offset: start) }
        self.init(fields)
    }
}

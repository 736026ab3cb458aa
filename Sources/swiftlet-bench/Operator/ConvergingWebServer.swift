import JSON
import KubeModel

/// How far the operator is with a WebServer.
struct ConvergingWebServer: WireObject {
    private let metadata: ObjectMeta
    private let observedGeneration: Int64

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var observedGeneration: Int64 = 0
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "status":
                try reader.beginObject()
                while let field = try reader.nextKey() {
                    if field == "observedGeneration" {
                        observedGeneration = try reader.readInt()
                    } else {
                        try reader.skipValue()
                    }
                }
            default: try reader.skipValue()
            }
        }
        self.metadata = metadata
        self.observedGeneration = observedGeneration
    }

    var key: ObjectKey { metadata.key }
    var uid: UID { metadata.uid }
    var resourceVersion: ResourceVersion { metadata.resourceVersion }
    /// The operator writes a status once it has seen that all children are there.
    var hasConverged: Bool { observedGeneration >= 1 && observedGeneration == metadata.generation }
}

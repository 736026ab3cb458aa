import JSON

/// Pods behind a Service, as somebody says who keeps its endpoints, reduced to that.
///
/// For Services without a selector; for the others Kubernetes writes slices that say what the selector says. To be spared those, watch with
/// the label selector ``EndpointSlice/keptByOthers``.
package struct EndpointSlice: ProtobufWireObject, Hashable {
    package struct PodReference: Hashable, Sendable {
        package var name: String
        package var uid: UID
    }

    /// Selects the slices that Kubernetes does not derive from selectors.
    package static let keptByOthers = LabelSelector([
        .notEquals("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")
    ])

    package let key: ObjectKey
    package let uid: UID
    package let resourceVersion: ResourceVersion
    /// Of the Service in the same namespace; empty if it does not say.
    package let service: String
    /// Those of its endpoints that are pods, whether they are ready or not.
    package let pods: [PodReference]

    private init(_ metadata: ObjectMeta, _ pods: [PodReference]) {
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        service = metadata.labels["kubernetes.io/service-name"] ?? ""
        self.pods = pods
    }

    /// - Throws: ``JSONError`` unless it is an EndpointSlice with a name.
    package init(json reader: inout JSONReader) throws {
        let start = reader.position
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var pods: [PodReference] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "endpoints":
                pods = try reader.readArray { (item) throws(JSONError) in try Self.pod(&item) }.compactMap { $0 }
            default: try reader.skipValue()
            }
        }
        guard !metadata.name.isEmpty else { throw JSONError(.typeMismatch, "no metadata.name", offset: start) }
        self.init(metadata, pods)
    }

    private static func pod(_ reader: inout JSONReader) throws(JSONError) -> PodReference? {
        var reference = PodReference(name: "", uid: UID(""))
        var kind = ""
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard key == "targetRef", try !reader.readNull() else {
                if key != "targetRef" { try reader.skipValue() }
                continue
            }
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "kind": kind = try reader.readString()
                case "name": reference.name = try reader.readString()
                case "uid": reference.uid = UID(try reader.readString())
                default: try reader.skipValue()
                }
            }
        }
        return kind == "Pod" ? reference : nil
    }
}

/// Field numbers: `discovery/v1/generated.proto` and `core/v1/generated.proto`, which never change them.
extension EndpointSlice {
    /// - Throws: ``ProtobufError`` unless it is an EndpointSlice with a name.
    package init(protobuf reader: inout ProtobufReader) throws {
        let start = reader.position
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var pods: [PodReference] = []
        while let field = try reader.nextField() {
            switch field {
            case 1:
                metadata = try reader.readMessage { (meta) throws(ProtobufError) in try ObjectMeta(protobuf: &meta) }
            case 2:
                let pod = try reader.readMessage { (endpoint) throws(ProtobufError) in try Self.pod(&endpoint) }
                if let pod { pods.append(pod) }
            default: try reader.skip()
            }
        }
        guard !metadata.name.isEmpty else { throw ProtobufError(.typeMismatch, "no metadata.name", offset: start) }
        self.init(metadata, pods)
    }

    private static func pod(_ endpoint: inout ProtobufReader) throws(ProtobufError) -> PodReference? {
        var reference = PodReference(name: "", uid: UID(""))
        var kind = ""
        while let field = try endpoint.nextField() {
            guard field == 4 else {
                try endpoint.skip()
                continue
            }
            try endpoint.readMessage { (target) throws(ProtobufError) in
                while let field = try target.nextField() {
                    switch field {
                    case 1: kind = try target.readString()
                    case 3: reference.name = try target.readString()
                    case 4: reference.uid = UID(try target.readString())
                    default: try target.skip()
                    }
                }
            }
        }
        return kind == "Pod" ? reference : nil
    }
}

import KubeModel

/// What is asked of the server's content negotiation. The first that it has wins: kinds that have no protobuf come in JSON.
enum MediaTypes {
    /// What a response consists of.
    enum Shape {
        case object
        case list
        case watch
    }

    static func accept<Object: WireObject>(_ type: Object.Type, for shape: Shape) -> String {
        var parameters = ""
        if Object.representation == .metadata {
            let kind = shape == .list ? "PartialObjectMetadataList" : "PartialObjectMetadata"
            parameters = ";as=\(kind);g=meta.k8s.io;v=v1"
        }
        let json = "application/json\(parameters)"
        guard Object.readsProtobuf else { return json }
        return "application/vnd.kubernetes.protobuf\(parameters),\(json)"
    }
}

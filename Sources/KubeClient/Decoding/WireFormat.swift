/// How objects are written in a body.
enum WireFormat: Hashable, Sendable {
    case json
    case protobuf

    /// What a `Content-Type` says. Servers answer in JSON what they have no protobuf for.
    init(contentType: String?) {
        let mediaType = contentType?.prefix { $0 != ";" }.lowercased() ?? ""
        self = mediaType == "application/vnd.kubernetes.protobuf" ? .protobuf : .json
    }
}

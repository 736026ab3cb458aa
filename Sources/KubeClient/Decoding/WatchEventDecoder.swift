import JSON
import KubeModel

/// Turns the bytes of one watch event into a value. What cannot be read becomes an event of its own.
struct WatchEventDecoder<Object: WireObject>: Sendable {
    private let objects: ObjectDecoder<Object>
    private var resource: APIResource { objects.resource }

    init(resource: APIResource, format: WireFormat) {
        objects = ObjectDecoder(resource: resource, format: format)
    }

    func event(_ piece: StreamPiece) -> WatchEvent<Object> {
        guard case .whole(let bytes, let range) = piece else {
            return undecodable("an event is too large")
        }
        do {
            switch objects.format {
            case .json: return try jsonEvent(bytes, range)
            case .protobuf: return try protobufEvent(bytes, range)
            }
        } catch {
            return undecodable("a watch event: \(error)")
        }
    }

    private func jsonEvent(_ bytes: [UInt8], _ range: Range<Int>) throws(JSONError) -> WatchEvent<Object> {
        var reader = JSONReader(bytes, in: range)
        var type: String?
        var object: Range<Int>?
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "type": type = try reader.readString()
            case "object": object = try reader.skipValue()
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard let type, let object else { return undecodable("a watch event without type or object") }
        switch type {
        case "BOOKMARK":
            var reader = JSONReader(bytes, in: object)
            return try bookmark(ObjectMetaProjection.metadata(json: &reader))
        case "ERROR":
            var reader = JSONReader(bytes, in: object)
            return .error(try KubeStatus(from: &reader))
        default: return changed(type, bytes, object)
        }
    }

    private func protobufEvent(_ bytes: [UInt8], _ range: Range<Int>) throws(ProtobufError) -> WatchEvent<Object> {
        var reader = ProtobufReader(bytes, in: range)
        var type = ""
        var raw: Range<Int>?
        while let field = try reader.nextField() {
            switch field {
            case 1: type = try reader.readString()
            case 2:
                raw = try reader.readMessage { (value) throws(ProtobufError) in
                    var raw: Range<Int>?
                    while let field = try value.nextField() {
                        if field == 1 { raw = try value.readBytes() } else { try value.skip() }
                    }
                    return raw
                }
            default: try reader.skip()
            }
        }
        guard let raw else { return undecodable("a watch event without an object") }
        let object = try ProtobufEnvelope(bytes, in: raw).object
        switch type {
        case "BOOKMARK":
            var reader = ProtobufReader(bytes, in: object)
            return bookmark(try ObjectMetaProjection.metadata(protobuf: &reader))
        case "ERROR":
            var reader = ProtobufReader(bytes, in: object)
            return .error(try KubeStatus(protobuf: &reader))
        default: return changed(type, bytes, object)
        }
    }

    private func changed(_ type: String, _ bytes: [UInt8], _ object: Range<Int>) -> WatchEvent<Object> {
        let wrap: (Object) -> WatchEvent<Object>
        switch type {
        case "ADDED": wrap = WatchEvent.added
        case "MODIFIED": wrap = WatchEvent.modified
        case "DELETED": wrap = WatchEvent.deleted
        default: return .undecodable(objects.error("an unknown event type \"\(type.prefix(32))\"", bytes, object))
        }
        switch objects.object(bytes, object) {
        case .success(let object): return wrap(object)
        case .failure(let error): return .undecodable(error)
        }
    }

    private func bookmark(_ metadata: ObjectMeta) -> WatchEvent<Object> {
        .bookmark(
            metadata.resourceVersion,
            isInitialEventsEnd: metadata.annotations["k8s.io/initial-events-end"] == "true"
        )
    }

    private func undecodable(_ message: String) -> WatchEvent<Object> {
        .undecodable(ObjectDecodingError(resource: resource, message: message))
    }
}

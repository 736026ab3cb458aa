import JSON
import KubeModel
import TestSupport

@testable import KubeClient

extension StreamPiece {
    /// What was cut out, as text.
    var text: String {
        switch self {
        case .whole(let bytes, let range): String(decoding: bytes[range], as: UTF8.self)
        case .tooLarge: "too large"
        }
    }
}

/// A small object that can be read in both formats; field 2 and the member `size` are its own.
struct Widget: ProtobufWireObject, Hashable {
    var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
    var size: Int64 = 0

    var key: ObjectKey { metadata.key }
    var uid: UID { metadata.uid }
    var resourceVersion: ResourceVersion { metadata.resourceVersion }

    init(_ name: String, version: UInt64 = 1, size: Int64 = 0) {
        metadata.key = ObjectKey(namespace: "shop", name: name)
        metadata.resourceVersion = ResourceVersion(version)
        self.size = size
    }

    init(json reader: inout JSONReader) throws {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "size": size = try reader.readInt()
            default: try reader.skipValue()
            }
        }
    }

    init(protobuf reader: inout ProtobufReader) throws {
        while let field = try reader.nextField() {
            switch field {
            case 1:
                metadata = try reader.readMessage { (meta) throws(ProtobufError) in try ObjectMeta(protobuf: &meta) }
            case 2: size = try reader.readInt()
            default: try reader.skip()
            }
        }
    }

    static let resource = APIResource(group: "example.org", version: "v1", kind: "Widget", plural: "widgets")

    var json: String {
        """
        {"kind":"Widget","metadata":{"name":"\(key.name)","namespace":"\(key.namespace)",\
        "resourceVersion":"\(resourceVersion)"},"size":\(size)}
        """
    }

    var protobuf: [UInt8] {
        ProtobufWriter {
            $0.message(1) {
                $0.string(1, key.name)
                $0.string(3, key.namespace)
                $0.string(6, resourceVersion.description)
            }
            $0.integer(2, size)
        }.bytes
    }
}

/// A body that lists widgets in protobuf.
func protobufList(_ items: [[UInt8]], resourceVersion: String = "9", continueToken: String = "") -> [UInt8] {
    let list = ProtobufWriter {
        $0.message(1) {
            $0.string(1, "")
            $0.string(2, resourceVersion)
            $0.string(3, continueToken)
        }
        for item in items { $0.bytes(2, item) }
    }
    return ProtobufWriter.envelope(apiVersion: "example.org/v1", kind: "WidgetList", list.bytes)
}

/// One frame of a watch in protobuf.
func protobufEvent(_ type: String, _ object: [UInt8], kind: String = "Widget") -> [UInt8] {
    let event = ProtobufWriter {
        $0.string(1, type)
        $0.message(2) { $0.bytes(1, ProtobufWriter.envelope(apiVersion: "v1", kind: kind, object)) }
    }.bytes
    let length = UInt32(event.count)
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + event
}

import JSON
import KubeModel

/// Turns the bytes of a list into objects, in the format that the server chose.
struct ListDecoder<Object: WireObject>: Sendable {
    private enum Splitter {
        case json(JSONListSplitter)
        case protobuf(ProtobufListSplitter)
    }

    private var splitter: Splitter
    private let objects: ObjectDecoder<Object>

    /// - Parameter limit: the largest object, in bytes.
    init(_ resource: APIResource, format: WireFormat, limit: Int) {
        objects = ObjectDecoder(resource: resource, format: format)
        splitter =
            switch format {
            case .json: .json(JSONListSplitter(itemLimit: limit))
            case .protobuf: .protobuf(ProtobufListSplitter(itemLimit: limit))
            }
    }

    /// Takes the next bytes and hands over the objects that end in them.
    mutating func consume(
        _ chunk: [UInt8],
        onItem: (Result<Object, ObjectDecodingError>) throws -> Void
    ) throws {
        switch splitter {
        case .json(var json):
            // Gives up this copy, so that the change happens in place.
            splitter = .json(JSONListSplitter(itemLimit: 0))
            try json.consume(chunk) { piece in try onItem(objects.object(piece)) }
            splitter = .json(json)
        case .protobuf(var protobuf):
            splitter = .protobuf(ProtobufListSplitter(itemLimit: 0))
            try protobuf.consume(chunk) { piece in try onItem(objects.object(piece)) }
            splitter = .protobuf(protobuf)
        }
    }

    /// Tells that the body is complete.
    func finish() throws(StreamFormatError) -> ListMetadata {
        switch splitter {
        case .json(let json):
            try json.finish()
            return json.metadata
        case .protobuf(let protobuf):
            try protobuf.finish()
            return protobuf.metadata
        }
    }
}

import JSON
import KubeModel

/// Turns the bytes of one object into a value, or into an error that names the object.
struct ObjectDecoder<Object: WireObject>: Sendable {
    let resource: APIResource
    let format: WireFormat

    /// Reads an item of a list: an object without an envelope.
    func object(_ piece: StreamPiece) -> Result<Object, ObjectDecodingError> {
        switch piece {
        case .tooLarge(let limit):
            .failure(ObjectDecodingError(resource: resource, message: "an object of more than \(limit) bytes"))
        case .whole(let bytes, let range): object(bytes, range)
        }
    }

    /// Reads the object that takes `range` of `bytes`.
    func object(_ bytes: [UInt8], _ range: Range<Int>) -> Result<Object, ObjectDecodingError> {
        do {
            switch format {
            case .json:
                var reader = JSONReader(bytes, in: range)
                let object = try Object(json: &reader)
                try reader.finish()
                return .success(object)
            case .protobuf:
                var reader = ProtobufReader(bytes, in: range)
                return .success(try Object.read(protobuf: &reader))
            }
        } catch {
            return .failure(self.error("\(error)", bytes, range))
        }
    }

    /// An error that names the object, if it can be found out which one it is.
    func error(_ message: String, _ bytes: [UInt8], _ range: Range<Int>) -> ObjectDecodingError {
        let metadata = LooseMetadata(bytes, range, format)
        let key = metadata.name.map { ObjectKey(namespace: metadata.namespace, name: $0) }
        return ObjectDecodingError(
            resource: resource,
            key: key,
            resourceVersion: metadata.resourceVersion.flatMap { ResourceVersion($0) },
            message: message
        )
    }
}

/// What can be found out about an object that does not decode.
private struct LooseMetadata {
    var name: String?
    var namespace = ""
    var resourceVersion: String?

    init(_ bytes: [UInt8], _ range: Range<Int>, _ format: WireFormat) {
        do {
            switch format {
            case .json:
                var reader = JSONReader(bytes, in: range)
                try readObject(&reader)
            case .protobuf:
                var reader = ProtobufReader(bytes, in: range)
                try readObject(&reader)
            }
        } catch {
            // The best effort ends where the bytes stop making sense; what was read until there stands.
        }
    }

    private mutating func readObject(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextKey() {
            guard member == "metadata", try reader.peekKind() == .object else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while let member = try reader.nextKey() {
                guard try reader.peekKind() == .string else {
                    try reader.skipValue()
                    continue
                }
                switch member {
                case "name": name = try reader.readString()
                case "namespace": namespace = try reader.readString()
                case "resourceVersion": resourceVersion = try reader.readString()
                default: try reader.skipValue()
                }
            }
        }
    }

    private mutating func readObject(_ reader: inout ProtobufReader) throws(ProtobufError) {
        while let field = try reader.nextField() {
            guard field == 1 else {
                try reader.skip()
                continue
            }
            var found = self
            defer { self = found }
            try reader.readMessage { (meta) throws(ProtobufError) in
                while let field = try meta.nextField() {
                    switch field {
                    case 1: found.name = try meta.readString()
                    case 3: found.namespace = try meta.readString()
                    case 6: found.resourceVersion = try meta.readString()
                    default: try meta.skip()
                    }
                }
            }
        }
    }
}

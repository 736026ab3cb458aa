/// What the API server puts around every protobuf body and around every object of a watch event: four magic bytes and a
/// `runtime.Unknown` message. Source: apimachinery's `serializer/protobuf`.
package struct ProtobufEnvelope: Hashable, Sendable {
    /// `k8s` and a zero byte.
    package static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    package var apiVersion = ""
    package var kind = ""
    /// Where the object's own message stands in the buffer that was read.
    package var object: Range<Int>

    /// Reads the envelope that takes `range` of `bytes`.
    ///
    /// - Throws: ``ProtobufError/Code/unsupported`` if there is no envelope or its content is encoded or is no protobuf.
    package init(_ bytes: [UInt8], in range: Range<Int>) throws(ProtobufError) {
        guard bytes[range].starts(with: Self.magic) else {
            throw ProtobufError(.unsupported, "no protobuf envelope of Kubernetes", offset: range.lowerBound)
        }
        object = range.upperBound..<range.upperBound
        var reader = ProtobufReader(bytes, in: range.lowerBound + Self.magic.count..<range.upperBound)
        while let field = try reader.nextField() {
            switch field {
            case 1:
                let type = try reader.readMessage { (type) throws(ProtobufError) in
                    var result = (apiVersion: "", kind: "")
                    while let field = try type.nextField() {
                        switch field {
                        case 1: result.apiVersion = try type.readString()
                        case 2: result.kind = try type.readString()
                        default: try type.skip()
                        }
                    }
                    return result
                }
                (apiVersion, kind) = type
            case 2: object = try reader.readBytes()
            case 3: try Self.requireEmpty(&reader, "a content encoding")
            case 4: try Self.requireEmpty(&reader, "another content type")
            default: try reader.skip()
            }
        }
    }

    private static func requireEmpty(_ reader: inout ProtobufReader, _ what: String) throws(ProtobufError) {
        let range = try reader.readBytes()
        guard range.isEmpty else {
            throw ProtobufError(.unsupported, "the envelope has \(what)", offset: range.lowerBound)
        }
    }
}

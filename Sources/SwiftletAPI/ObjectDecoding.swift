import JSON
import KubeModel

/// An object of ours that does not decode.
package struct ObjectError: Error, Hashable, Sendable, CustomStringConvertible {
    package var kind: String
    package var key: ObjectKey
    /// The field at fault.
    package var path: FieldPath
    /// What is wrong with it.
    package var message: String

    /// `WebServer default/web: spec.port: expected integer, found string`.
    package var description: String { "\(kind) \(key): \(FieldError(path, message))" }
}

/// The parts of an object as it comes off the wire, each read but the metadata left to its type.
struct ObjectParts {
    private let kind: String
    var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
    private var spec = JSONValue.null
    private var status = JSONValue.null

    /// - Throws: `JSONError`, with the place in the reader's bytes.
    init(kind: String, from reader: inout JSONReader) throws(JSONError) {
        self.kind = kind
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "spec": spec = try reader.readValue()
            case "status": status = try reader.readValue()
            default: try reader.skipValue()
            }
        }
    }

    /// - Throws: ``ObjectError``, with the path of the field at fault.
    func decodeSpec<Spec: Decodable>(_ type: Spec.Type) throws -> Spec {
        guard !spec.isNull else { throw error(at: ["spec"], "Required value") }
        return try decode(type, spec, at: "spec")
    }

    /// `nil` when there is none.
    ///
    /// - Throws: ``ObjectError``, with the path of the field at fault.
    func decodeStatus<Status: Decodable>(_ type: Status.Type) throws -> Status? {
        try status.isNull ? nil : decode(type, status, at: "status")
    }

    private func decode<Part: Decodable>(_ type: Part.Type, _ value: JSONValue, at member: String) throws -> Part {
        do {
            return try value.decode(as: type)
        } catch let error as DecodingError {
            throw self.error(at: FieldPath([.key(member)] + error.fieldPath.elements), error.fieldMessage)
        }
    }

    private func error(at path: FieldPath, _ message: String) -> ObjectError {
        ObjectError(kind: kind, key: metadata.key, path: path, message: message)
    }
}

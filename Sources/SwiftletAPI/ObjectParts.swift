import JSON
import KubeModel

/// The parts of an object as it comes off the wire, each read but the metadata left to its type.
struct ObjectParts {
    private let kind: String
    var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
    private var spec = JSONValue.null
    private var status = JSONValue.null
    /// Beside `metadata` and `spec`, as kinds of a mesh have it.
    private(set) var mesh = JSONValue.null

    /// - Throws: `JSONError`, with the place in the reader's bytes; ``ObjectError`` for an object without a name.
    init(kind: String, from reader: inout JSONReader) throws {
        self.kind = kind
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "spec": spec = try reader.readValue()
            case "status": status = try reader.readValue()
            case "mesh": mesh = try reader.readValue()
            default: try reader.skipValue()
            }
        }
        guard !metadata.name.isEmpty else { throw error(at: ["metadata", "name"], "Required value") }
    }

    /// - Throws: ``ObjectError``, with the path of the field at fault.
    func decodeSpec<Spec: Decodable>(_ type: Spec.Type) throws -> Spec {
        guard !spec.isNull else { throw error(at: ["spec"], "Required value") }
        return try decode(type, spec, at: "spec")
    }

    /// The spec with remarks about it, or why it cannot be read; `nil` for both when there is none.
    ///
    /// For kinds whose stored objects must be reported in a condition whatever they hold.
    ///
    /// - Parameter schema: by which the spec is brought into the form that is read, see ``AcceptedForm``.
    func readSpec<Spec: Decodable>(
        _ type: Spec.Type,
        as schema: Result<JSONSchema, any Error>
    ) -> (spec: Spec?, remarks: [FieldError], problem: FieldError?) {
        guard !spec.isNull else { return (nil, [], nil) }
        do {
            var form = AcceptedForm()
            let accepted = form.accepted(spec, as: try schema.get(), at: ["spec"])
            return (try decode(type, accepted, at: "spec"), form.remarks, nil)
        } catch let error as ObjectError {
            return (nil, [], FieldError(error.path, error.message))
        } catch {
            return (nil, [], FieldError(["spec"], "\(error)"))
        }
    }

    /// `nil` when there is none.
    ///
    /// - Throws: ``ObjectError``, with the path of the field at fault.
    func decodeStatus<Status: Decodable>(_ type: Status.Type) throws -> Status? {
        try status.isNull ? nil : decode(type, status, at: "status")
    }

    /// The status if one can be read. What cannot was not written by us, and the next write replaces it.
    func readStatus() -> ProgrammingStatus? {
        do { return try decodeStatus(ProgrammingStatus.self) } catch { return nil }
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

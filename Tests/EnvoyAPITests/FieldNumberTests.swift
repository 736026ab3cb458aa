import Foundation
import SwiftProtobuf
import Testing

/// That our messages are Envoy's. `SWIFTLET_XDS_DESCRIPTORS` names two sets of descriptors: ours and, after a colon, the original's.
///
/// Ours: `protoc --descriptor_set_out=ours -I Sources/EnvoyAPI/Protos -I /usr/include $(cd Sources/EnvoyAPI/Protos && find . -name '*.proto')`.
/// The original's, with the Python package `xds-protos`: the serialized `FileDescriptorSet` of all its modules' descriptors.
struct FieldNumberTests {
    private static let paths =
        (ProcessInfo.processInfo.environment["SWIFTLET_XDS_DESCRIPTORS"] ?? "").split(separator: ":").map(String.init)

    private struct Field: Hashable {
        var name: String
        var number: Int32
        var type: String
        var isRepeated: Bool
        var oneof: String?
    }

    @Test(.enabled(if: paths.count == 2, "needs descriptors: set SWIFTLET_XDS_DESCRIPTORS"))
    func fieldsAreTheOriginals() throws {
        let (ours, originals) = (try Self.read(Self.paths[0]), try Self.read(Self.paths[1]))
        #expect(ours.count > 150)
        for (message, fields) in ours {
            let original = try #require(originals[message], "\(message) is no message of Envoy's")
            for field in fields { #expect(original.contains(field), "\(message): \(field)") }
        }
    }

    /// All fields, and the values of enumerations, by the full name of what they are in.
    private static func read(_ path: String) throws -> [String: Set<Field>] {
        let files = try Google_Protobuf_FileDescriptorSet(
            serializedBytes: [UInt8](try Data(contentsOf: URL(filePath: path)))
        )
        var result: [String: Set<Field>] = [:]
        for file in files.file where !file.package.hasPrefix("google.protobuf") {
            for message in file.messageType { add(message, in: ".\(file.package)", to: &result) }
            for enumeration in file.enumType { add(enumeration, in: ".\(file.package)", to: &result) }
        }
        return result
    }

    private static func add(
        _ message: Google_Protobuf_DescriptorProto,
        in scope: String,
        to result: inout [String: Set<Field>]
    ) {
        let name = "\(scope).\(message.name)"
        result[name] = Set(
            message.field.map { field in
                Field(
                    name: field.name,
                    number: field.number,
                    type: field.typeName.isEmpty ? "\(field.type)" : field.typeName,
                    isRepeated: field.label == .repeated,
                    oneof: field.hasOneofIndex ? message.oneofDecl[Int(field.oneofIndex)].name : nil
                )
            }
        )
        for nested in message.nestedType { add(nested, in: name, to: &result) }
        for enumeration in message.enumType { add(enumeration, in: name, to: &result) }
    }

    private static func add(
        _ enumeration: Google_Protobuf_EnumDescriptorProto,
        in scope: String,
        to result: inout [String: Set<Field>]
    ) {
        result["\(scope).\(enumeration.name)"] = Set(
            enumeration.value.map { Field(name: $0.name, number: $0.number, type: "enum", isRepeated: false) }
        )
    }
}

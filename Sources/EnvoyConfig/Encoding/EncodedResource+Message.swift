import Crypto
import EnvoyAPI
import SwiftProtobuf

extension EncodedResource {
    /// The message that `build` makes, encoded: equal messages give equal bytes, and these an equal version.
    static func encoding(
        _ type: ResourceType,
        _ name: String,
        origin: ResourceOrigin? = nil,
        _ build: () throws -> some Message
    ) throws(EnvoyConfigError) -> EncodedResource {
        do {
            var options = BinaryEncodingOptions()
            options.useDeterministicOrdering = true
            let message: [UInt8] = try build().serializedBytes(options: options)
            return EncodedResource(
                type: type,
                name: name,
                version: version(of: message),
                message: message,
                origin: origin
            )
        } catch {
            throw EnvoyConfigError(verb: .encode, type: type, name: name, message: "\(error)")
        }
    }

    /// Of the bytes alone: the first 8 bytes of their SHA-256.
    private static func version(of message: [UInt8]) -> String {
        Hexadecimal.text(of: SHA256.hash(data: message).prefix(8))
    }

    /// Whether nobody could tell them apart.
    func isSame(as other: EncodedResource) -> Bool {
        self === other || hasSameContent(as: other) && origin == other.origin
    }

    func hasSameContent(as other: EncodedResource) -> Bool {
        version == other.version && name == other.name && type == other.type
    }
}

import Crypto
import JSON
import KubeModel

/// A fingerprint of the content of a ConfigMap or Secret.
///
/// It ends up in pod annotations, so it is salted with the object's uid: equal content elsewhere has another digest, and nobody can look
/// up the digest of a guessed secret.
enum ConfigDigest {
    /// The digest of an object's content as compact JSON with sorted keys, which is how API servers send it.
    ///
    /// - Parameters:
    ///   - parts: the values of `data` and `binaryData`, in that order.
    static func of(uid: UID, parts: [some Sequence<UInt8>]) -> String {
        var hash = SHA256()
        hash.update(data: Array(uid.description.utf8))
        for part in parts {
            hash.update(data: [0])
            hash.update(data: Array(part))
        }
        return hash.finalize().prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
    }

    static func of(_ object: DynamicObject) -> String {
        let uid = UID(object.value[path: "metadata", "uid"]?.stringValue ?? "")
        return of(uid: uid, parts: ["data", "binaryData"].map { object.value[$0]?.encoded() ?? [] })
    }
}

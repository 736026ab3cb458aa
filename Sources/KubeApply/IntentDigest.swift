import Crypto
import JSON
import KubeModel

/// A fingerprint of an intent, kept in an annotation of the object it was applied to.
///
/// Together with ``AppliedFields`` it decides whether an apply is needed: the digest tells that the intent changed since the last apply
/// (also that it lost a field, also across restarts), the comparison tells that somebody changed the object.
package enum IntentDigest {
    /// Where the digest is kept.
    package static let annotation = "swiftlet.phys.app/applied"

    /// 16 hexadecimal digits of SHA-256 over the canonical JSON.
    package static func of(_ intent: DynamicObject) -> String {
        let digest = SHA256.hash(data: intent.value.encoded())
        return digest.prefix(8).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }

    /// The digest that an object bears; `nil` when nothing was applied to it.
    package static func stamp(of object: DynamicObject) -> String? {
        object.value[path: "metadata", "annotations", annotation]?.stringValue
    }

    /// The intent with its digest in the annotation.
    package static func stamped(_ intent: DynamicObject) -> DynamicObject {
        var result = intent
        result.value[path: "metadata", "annotations", annotation] = .string(of(intent))
        return result
    }
}

import FoundationEssentials
import JSON
import KubeModel

/// What the token of a sidecar says of itself, unverified: enough to refuse at once what the API server would refuse, and for nothing else.
///
/// Projected tokens of service accounts are JSON Web Tokens and name the pod that they are bound to.
/// See <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>.
struct TokenClaims: Hashable, Sendable {
    /// Why a token is of no use whoever made it. Nothing of the token is in it.
    struct Flaw: Error, Hashable {
        let reason: String
    }

    var pod: ObjectKey
    var uid: UID

    /// The longest token that is looked at, in bytes. Those of API servers have one to two thousand.
    static let longest = 8 << 10
    /// How far the clocks of API servers and ours may be apart.
    static let leeway = 300.0

    /// - Parameter now: in seconds since 1970.
    init(unverified token: String, now: Double) throws(Flaw) {
        guard token.utf8.count <= Self.longest else {
            throw Flaw(reason: "the token is longer than the \(Self.longest) bytes that are allowed")
        }
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isBase64URL) }),
            Self.object(parts[0]) != nil, let claims = Self.object(parts[1])
        else { throw Flaw(reason: "the token is not a JSON Web Token") }
        let audiences = claims["aud"]?.arrayValue?.compactMap(\.stringValue) ?? claims["aud"]?.stringValue.map { [$0] }
        guard audiences?.contains(TokenReview.audience) ?? false else {
            throw Flaw(reason: "the token is not made for the audience \(TokenReview.audience)")
        }
        guard let expiry = claims["exp"]?.numberValue, expiry + Self.leeway > now else {
            throw Flaw(reason: "the token has expired")
        }
        let bound = claims["kubernetes.io"]
        guard let namespace = bound?["namespace"]?.stringValue, let name = bound?[path: "pod", "name"]?.stringValue,
            let uid = bound?[path: "pod", "uid"]?.stringValue
        else { throw Flaw(reason: "the token is not bound to a pod") }
        pod = ObjectKey(namespace: namespace, name: name)
        self.uid = UID(uid)
    }

    private static func object(_ part: Substring.UTF8View) -> JSONValue? {
        var text = part.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        text.append(contentsOf: Array(repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4))
        guard let bytes = Data(base64Encoded: Data(text)) else { return nil }
        do {
            let value = try JSONValue(parsing: Array(bytes))
            return value.objectValue == nil ? nil : value
        } catch {
            return nil
        }
    }
}

extension JSONValue {
    fileprivate var numberValue: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
}

extension UInt8 {
    fileprivate var isBase64URL: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

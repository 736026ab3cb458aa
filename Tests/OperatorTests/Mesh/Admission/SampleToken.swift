import FoundationEssentials
import JSON
import XDS

@testable import Operator

/// A token as an API server makes them for the sidecar of a pod, except that nobody signed it.
struct SampleToken {
    var audiences: [String]? = [TokenReview.audience]
    /// In place of the list.
    var audience: String?
    /// In seconds from the beginning of ``VirtualTime``.
    var expiresIn: Int64? = 3600
    var pod: String? = "web-1"
    var uid: String? = "uid-of-web-1"
    var signature = SampleToken.signature

    static let signature = "c2lnbmVk"

    var text: String {
        var claims: JSONValue = ["iss": "https://kubernetes.default.svc.cluster.local"]
        if let audience {
            claims["aud"] = .string(audience)
        } else {
            claims["aud"] = audiences.map { .array($0.map { .string($0) }) }
        }
        claims["exp"] = expiresIn.map { .int(1_800_000_000 + $0) }
        var bound: JSONValue = [:]
        bound["name"] = pod.map { .string($0) }
        bound["uid"] = uid.map { .string($0) }
        claims["kubernetes.io"] = ["namespace": "shop", "pod": bound, "serviceaccount": ["name": "default"]]
        return [Self.encoded(["alg": "RS256", "kid": "1"]), Self.encoded(claims), signature].joined(separator: ".")
    }

    private static func encoded(_ value: JSONValue) -> String {
        Data(value.encoded()).base64EncodedString().map { character in
            switch character {
            case "+": "-"
            case "/": "_"
            case "=": ""
            default: String(character)
            }
        }.joined()
    }
}

extension StreamAuthenticator.Verdict {
    /// In words, so that a test can look for some of them.
    var words: String {
        switch self {
        case .admitted(let identity): "admitted \(identity.proxy) \(identity.incarnation ?? "")"
        case .trusted: "trusted"
        case .unauthenticated(let reason): "unauthenticated \(reason)"
        case .denied(let reason): "denied \(reason)"
        case .unavailable(let reason): "unavailable \(reason)"
        case .pending: "pending"
        }
    }
}

import JSON
import KubeModel

/// A question to the API server: whose token is this, and was it made for us?
struct TokenReview: Hashable, Sendable {
    /// The audience that the sidecars' projected tokens are made for. A token for the API server itself has another, so that a proxy can
    /// never be made to hand out a credential for the cluster.
    static let audience = "swiftlet-xds"

    /// What the API server found out about a token.
    enum Finding: Hashable, Sendable {
        case pod(Identity)
        /// The reason, which goes to the log and to the peer: nothing of the token is in it.
        case refused(String)
    }

    /// The pod that a token is bound to.
    struct Identity: Hashable, Sendable {
        var pod: ObjectKey
        var uid: UID
        var serviceAccount: String
    }

    /// The object to create; the answer is the same object with a status.
    static func request(token: String) -> JSONValue {
        [
            "apiVersion": .string(APIResource.tokenReviews.apiVersion),
            "kind": .string(APIResource.tokenReviews.kind),
            "spec": ["token": .string(token), "audiences": [.string(audience)]],
        ]
    }

    /// Reads the answer. Whatever is missing from it counts against the token.
    static func finding(in answer: JSONValue) -> Finding {
        guard let status = answer["status"] else { return .refused("the API server gave no verdict on the token") }
        guard status["authenticated"]?.boolValue == true else {
            return .refused(status["error"]?.stringValue ?? "the API server does not know the token")
        }
        // A server that does not know audiences leaves them out, and would pass every token.
        guard status["audiences"]?.arrayValue?.contains(.string(audience)) == true else {
            return .refused("the token is not made for the audience \(audience)")
        }
        let user = status[path: "user", "username"]?.stringValue ?? ""
        let parts = user.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else {
            return .refused("\"\(user)\" is no service account")
        }
        func extra(_ name: String) -> String? {
            status[path: "user", "extra", "authentication.kubernetes.io/\(name)"]?.arrayValue?.first?.stringValue
        }
        guard let pod = extra("pod-name"), let uid = extra("pod-uid") else {
            return .refused("the token of \(user) is not bound to a pod")
        }
        return .pod(
            Identity(pod: ObjectKey(namespace: parts[2], name: pod), uid: UID(uid), serviceAccount: parts[3])
        )
    }
}

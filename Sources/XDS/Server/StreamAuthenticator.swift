/// Decides who may have a stream.
package struct StreamAuthenticator: Sendable {
    /// What a caller shows.
    package struct Credentials: Sendable {
        /// What the caller claims to be.
        package var nodeID: String
        /// As it came, such as `Bearer ...`; `nil` without one. A secret.
        package var authorization: String?
        /// The caller's address without its port, for the log.
        package var peer: String

        package init(nodeID: String, authorization: String?, peer: String) {
            self.nodeID = nodeID
            self.authorization = authorization
            self.peer = peer
        }
    }

    package enum Verdict: Sendable {
        /// The stream is this proxy's.
        case admitted(ProxyID)
        /// The caller did not show who it is: no token, an expired one, another audience.
        case unauthenticated(String)
        /// The caller is known, and is not what it claims to be.
        case denied(String)
        /// It cannot be told now. The caller should try again.
        case unavailable(String)
    }

    private let judge: @Sendable (Credentials) async -> Verdict

    /// - Parameter judge: is cancelled at the server's ``XDSServerOptions/admissionPatience``. The reasons it gives go to the log and to the caller; they
    ///   must not repeat the token.
    package init(_ judge: @escaping @Sendable (Credentials) async -> Verdict) { self.judge = judge }

    func verdict(on credentials: Credentials) async -> Verdict { await judge(credentials) }

    /// Admits everybody as what they claim to be. For tests and benchmarks.
    package static let trusting = StreamAuthenticator { credentials in
        ProxyID(nodeID: credentials.nodeID).map { .admitted($0) }
            ?? .denied("the node id '\(credentials.nodeID)' is not <mesh>.<pod>.<namespace>")
    }
}

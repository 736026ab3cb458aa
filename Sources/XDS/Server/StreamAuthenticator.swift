/// Decides who may have a stream.
package struct StreamAuthenticator: Sendable {
    /// What a caller shows before any of its requests is read.
    package struct Credentials: Sendable {
        /// As it came, such as `Bearer ...`; `nil` without one. A secret.
        package var authorization: String?
        /// The caller's address without its port, for the log and for fairness.
        package var peer: String

        package init(authorization: String?, peer: String) {
            self.authorization = authorization
            self.peer = peer
        }
    }

    package enum Verdict: Sendable {
        /// The stream is this proxy's, if its first request says so, too.
        case admitted(ProxyIdentity)
        /// The stream is that of the proxy that its first request names.
        case trusted
        /// The caller did not show who it is: no token, an expired one, another audience.
        case unauthenticated(String)
        /// The caller is known, and is not what it claims to be.
        case denied(String)
        /// It cannot be told now. The caller should try again.
        case unavailable(String)
        /// It depends on something that has to be waited for, which takes none of the server's places for callers that are looked at. What
        /// is called then returns one of the others, and is cancelled at the same deadline.
        case pending(@Sendable () async -> Verdict)
    }

    private let judge: @Sendable (Credentials) async -> Verdict

    /// - Parameter judge: is cancelled at the server's ``XDSServerOptions/admissionPatience``. The reasons it gives go to the log and to the caller; they
    ///   must not repeat the token.
    package init(_ judge: @escaping @Sendable (Credentials) async -> Verdict) { self.judge = judge }

    func verdict(on credentials: Credentials) async -> Verdict { await judge(credentials) }

    /// Admits everybody as what they claim to be. For tests and benchmarks.
    package static let trusting = StreamAuthenticator { _ in .trusted }
}

import Crypto
import Dataplanes
import KubeClient
import KubeModel
import KubeRuntime
import Synchronization
import XDS

/// Admits a stream only as the very pod that its token belongs to, this incarnation of it, in the mesh that the pod is in.
///
/// The API server is asked about the token each time, unless it is plain that it would refuse: what is no token of a pod for us, is of a pod that
/// is gone, or was refused a moment ago. Nothing of a token is logged, and nothing kept but a digest of those that were refused.
struct SidecarAuthenticator: Sendable {
    let client: KubeClient
    let pods: Store<Pod>
    /// The mesh that a pod belongs to; `nil` for a pod without a sidecar.
    let mesh: @Sendable (Pod) -> String?
    /// Whether a pod is known to be gone for good.
    var isGone: @Sendable (UID) -> Bool = { _ in false }
    /// How long a pod may be known to the API server and not yet to us.
    var patience = Duration.seconds(5)
    /// How long the API server may take to answer.
    var reviewPatience = Duration.seconds(5)
    let time: TimeSource
    private let gate = GateKeeper()

    private final class GateKeeper: Sendable {
        let gate = Mutex(ReviewGate())
    }

    init(
        client: KubeClient,
        pods: Store<Pod>,
        mesh: @escaping @Sendable (Pod) -> String?,
        isGone: @escaping @Sendable (UID) -> Bool = { _ in false },
        time: TimeSource
    ) {
        self.client = client
        self.pods = pods
        self.mesh = mesh
        self.isGone = isGone
        self.time = time
    }

    var streamAuthenticator: StreamAuthenticator { StreamAuthenticator { await verdict(on: $0) } }

    func verdict(on credentials: StreamAuthenticator.Credentials) async -> StreamAuthenticator.Verdict {
        guard let token = Self.token(in: credentials.authorization) else {
            return .unauthenticated("there is no bearer token")
        }
        let claims: TokenClaims
        do {
            claims = try TokenClaims(unverified: token, now: Double(time.wall.microsecondsSinceEpoch) / 1_000_000)
        } catch {
            return .unauthenticated(error.reason)
        }
        if isGone(claims.uid) { return .unauthenticated(Self.gone(claims.pod)) }
        let digest = Array(SHA256.hash(data: Array(token.utf8)))
        let isThere = pods.get(claims.pod)?.uid == claims.uid
        let claimant = ReviewGate.Claimant(address: credentials.peer, pod: isThere ? claims.uid : nil)
        switch gate.gate.withLock({ $0.decide(digest, of: claimant, now: time.now) }) {
        case .review: break
        case .refused(let reason): return .unauthenticated(reason)
        case .later(let reason): return .unavailable(reason)
        }
        let finding: TokenReview.Finding
        do {
            finding = try await review(token)
        } catch {
            gate.gate.withLock { $0.reviewed(digest, of: claimant, .failed, now: time.now) }
            return .unavailable("\(claims.pod): the token cannot be reviewed: \(error)")
        }
        switch finding {
        case .refused(let reason):
            let reason = "\(claims.pod): \(reason)"
            gate.gate.withLock { $0.reviewed(digest, of: claimant, .refused(reason), now: time.now) }
            return .unauthenticated(reason)
        case .pod(let identity):
            gate.gate.withLock { $0.reviewed(digest, of: claimant, .accepted, now: time.now) }
            if let pod = known(identity) { return verdict(on: pod) }
            return .pending { await verdict(onceSeen: identity) }
        }
    }

    private struct NoAnswer: Error, CustomStringConvertible {
        let description = "the API server does not answer in time"
    }

    private func review(_ token: String) async throws -> TokenReview.Finding {
        let answer = try await time.run(until: time.now + reviewPatience) { [client] in
            TokenReview.finding(in: try await client.create(.tokenReviews, TokenReview.request(token: token)))
        }
        guard let answer else { throw NoAnswer() }
        return answer
    }

    private static func gone(_ pod: ObjectKey) -> String { "pod \(pod) has been deleted" }

    private func verdict(on pod: Pod) -> StreamAuthenticator.Verdict {
        let key = pod.key
        guard let mesh = mesh(pod) else { return .denied("pod \(key) has no sidecar of ours") }
        return .admitted(ProxyIdentity(ProxyID(mesh: mesh, key), incarnation: pod.uid.description))
    }

    /// The watch is a moment behind the API server that vouched for the token.
    private func verdict(onceSeen identity: TokenReview.Identity) async -> StreamAuthenticator.Verdict {
        let unseen = StreamAuthenticator.Verdict.unavailable(
            "pod \(identity.pod) (\(identity.uid)) has not been seen yet"
        )
        let deadline = time.now.advanced(by: patience)
        while true {
            let seen = pods.resourceVersion.number
            if let pod = known(identity) { return verdict(on: pod) }
            if isGone(identity.uid) { return .unauthenticated(Self.gone(identity.pod)) }
            guard time.now < deadline else { return unseen }
            guard await pods.waitUntilSeen(ResourceVersion(seen + 1), deadline: deadline, time: time) else {
                return known(identity).map(verdict) ?? unseen
            }
        }
    }

    /// The pod as it was last seen, this incarnation of it.
    private func known(_ identity: TokenReview.Identity) -> Pod? {
        pods.get(identity.pod).flatMap { $0.uid == identity.uid ? $0 : nil }
    }

    /// What follows `Bearer `, in any case.
    private static func token(in authorization: String?) -> String? {
        guard let parts = authorization?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "bearer"
        else { return nil }
        return String(parts[1])
    }
}

extension ProxyHub {
    /// Ends the streams of pods that are deleted, from now on.
    func follow(_ pods: Store<Pod>) {
        pods.onChange { change in
            if case .deleted(let pod) = change, pod.hasSidecar { self.retire(pod.uid.description) }
        }
    }
}

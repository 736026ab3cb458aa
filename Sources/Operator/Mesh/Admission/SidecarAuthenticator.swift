import Dataplanes
import KubeClient
import KubeModel
import KubeRuntime
import XDS

/// Admits a stream only if its token belongs to the very pod that its node id claims, and that pod is in the mesh it claims.
///
/// The token is asked about at the API server each time: a deleted pod's token is refused at once. Nothing of a token is kept or logged.
struct SidecarAuthenticator: Sendable {
    let client: KubeClient
    let pods: Store<Pod>
    /// The mesh that a pod belongs to; `nil` for a pod without a sidecar.
    let mesh: @Sendable (Pod) -> String?
    /// How long a pod may be known to the API server and not yet to us.
    var patience = Duration.seconds(5)
    let time: TimeSource

    var streamAuthenticator: StreamAuthenticator { StreamAuthenticator { await verdict(on: $0) } }

    func verdict(on credentials: StreamAuthenticator.Credentials) async -> StreamAuthenticator.Verdict {
        guard let proxy = ProxyID(nodeID: credentials.nodeID) else {
            return .denied("the node id \"\(credentials.nodeID)\" is not <mesh>.<pod>.<namespace>")
        }
        guard let token = Self.token(in: credentials.authorization) else {
            return .unauthenticated("\(proxy): there is no bearer token")
        }
        let answer: TokenReview.Finding
        do {
            answer = TokenReview.finding(in: try await client.create(.tokenReviews, TokenReview.request(token: token)))
        } catch {
            return .unavailable("\(proxy): the token cannot be reviewed: \(error)")
        }
        switch answer {
        case .refused(let reason): return .unauthenticated("\(proxy): \(reason)")
        case .pod(let identity): return await verdict(on: proxy, identity)
        }
    }

    private func verdict(
        on proxy: ProxyID,
        _ identity: TokenReview.Identity
    ) async -> StreamAuthenticator.Verdict {
        let key = ObjectKey(namespace: proxy.namespace, name: proxy.name)
        guard identity.pod == key else {
            return .denied("\(proxy): the token belongs to pod \(identity.pod)")
        }
        guard let pod = await pod(key, uid: identity.uid) else {
            return .unavailable("\(proxy): pod \(key) (\(identity.uid)) has not been seen yet")
        }
        guard let mesh = mesh(pod) else { return .denied("\(proxy): pod \(key) has no sidecar of ours") }
        guard mesh == proxy.mesh else { return .denied("\(proxy): pod \(key) is in mesh \(mesh)") }
        return .admitted(proxy)
    }

    /// The pod as it was last seen, this incarnation of it.
    private func pod(_ key: ObjectKey, uid: UID) async -> Pod? {
        func known() -> Pod? { pods.get(key).flatMap { $0.uid == uid ? $0 : nil } }
        if let pod = known() { return pod }
        // The watch is a moment behind the API server that vouched for the token.
        let deadline = time.now.advanced(by: patience)
        while time.now < deadline {
            let next = ResourceVersion(pods.resourceVersion.number + 1)
            guard await pods.waitUntilSeen(next, deadline: deadline, time: time) else { return known() }
            if let pod = known() { return pod }
        }
        return nil
    }

    /// What follows `Bearer `, in any case.
    private static func token(in authorization: String?) -> String? {
        guard let parts = authorization?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "bearer"
        else { return nil }
        return String(parts[1])
    }
}

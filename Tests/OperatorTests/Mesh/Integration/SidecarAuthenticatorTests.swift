import Dataplanes
import JSON
import KubeClient
import KubeModel
import KubeRuntime
import PollingSupport
import Testing
import XDS

@testable import Operator

/// Who may have a stream, by tokens that a real API server made and reviews.
@Suite(TestCluster.isThere)
struct SidecarAuthenticatorTests {
    private static let audience = TokenReview.audience

    private func words(_ verdict: StreamAuthenticator.Verdict) -> String { verdict.words }

    private struct Scene {
        let namespace: TestNamespace
        let store: Store<Pod>
        let authenticator: SidecarAuthenticator

        /// Makes a pod with a sidecar, as the operator sees it.
        func makePod(_ name: String) async throws {
            try await namespace.create(
                .pods,
                name,
                [
                    "metadata": ["annotations": ["kuma.io/sidecar-injected": "true"]],
                    "spec": ["containers": [["name": "app", "image": "app"]]],
                ]
            )
            store.put(try await namespace.client.get(.pods, namespace.key(name), as: Pod.self))
        }

        /// A token as the kubelet gets it for a pod; of the server's own audience if none is given.
        func token(of pod: String?, audience: String?) async throws -> String {
            var spec: JSONValue = [:]
            if let audience { spec["audiences"] = [.string(audience)] }
            if let pod { spec["boundObjectRef"] = ["kind": "Pod", "apiVersion": "v1", "name": .string(pod)] }
            let answer = try await namespace.client.create(
                subresource: "token",
                of: Self.serviceAccounts,
                namespace.key("default"),
                ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec]
            )
            return try #require(answer[path: "status", "token"]?.stringValue)
        }

        func verdict(_ token: String?) async -> StreamAuthenticator.Verdict {
            let verdict = await authenticator.verdict(
                on: .init(authorization: token.map { "Bearer \($0)" }, peer: "test")
            )
            guard case .pending(let wait) = verdict else { return verdict }
            return await wait()
        }

        private static let serviceAccounts = APIResource(
            group: "",
            version: "v1",
            kind: "ServiceAccount",
            plural: "serviceaccounts"
        )
    }

    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        try await TestCluster.withNamespace { namespace in
            try await namespace.waitForServiceAccount()
            let store = Store<Pod>()
            var authenticator = SidecarAuthenticator(
                client: namespace.client,
                pods: store,
                mesh: { $0.hasSidecar ? "default" : nil },
                time: .system
            )
            authenticator.patience = .milliseconds(100)
            let scene = Scene(namespace: namespace, store: store, authenticator: authenticator)
            try await scene.makePod("a")
            try await scene.makePod("b")
            try await body(scene)
        }
    }

    @Test func aPodIsAdmittedAsItselfAndAsNobodyElse() async throws {
        try await withScene { scene in
            let token = try await scene.token(of: "a", audience: Self.audience)
            let uid = try #require(scene.store.get(scene.namespace.key("a"))).uid
            #expect(words(await scene.verdict(token)) == "admitted default.a.\(scene.namespace.name) \(uid)")
        }
    }

    @Test func tokensThatAreNotForUsOrOfNoPodAreRefused() async throws {
        try await withScene { scene in
            #expect(words(await scene.verdict(nil)).contains("there is no bearer token"))
            let nonsense = words(await scene.verdict("nonsense"))
            #expect(nonsense.hasPrefix("unauthenticated"), "\(nonsense)")
            let foreign = try await scene.token(of: "a", audience: "somebody-else")
            #expect(words(await scene.verdict(foreign)).hasPrefix("unauthenticated"))
            let server = try await scene.token(of: "a", audience: nil)
            #expect(words(await scene.verdict(server)).hasPrefix("unauthenticated"))
            let unbound = try await scene.token(of: nil, audience: Self.audience)
            #expect(words(await scene.verdict(unbound)).contains("not bound to a pod"))
        }
    }

    @Test func thePodThatATokenWasMadeForMustBeTheOneThatIsThere() async throws {
        try await withScene { scene in
            let token = try await scene.token(of: "a", audience: Self.audience)
            let unseen = try await scene.token(of: "b", audience: Self.audience)
            scene.store.delete(try #require(scene.store.get(scene.namespace.key("b"))))
            #expect(words(await scene.verdict(unseen)).hasPrefix("unavailable"))
            try await scene.namespace.client.delete(
                .pods,
                scene.namespace.key("a"),
                options: DeleteOptions(gracePeriodSeconds: 0)
            )
            try await scene.makePod("a")
            // Of the pod's predecessor of the same name.
            let refused = words(await scene.verdict(token))
            #expect(refused.hasPrefix("unauthenticated") || refused.hasPrefix("unavailable"), "\(refused)")
        }
    }
}

extension TestNamespace {
    /// The controller manager makes it a moment after the namespace.
    fileprivate func waitForServiceAccount() async throws {
        let accounts = APIResource(group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
        try await eventually("the service account is there") { try await find(accounts, "default") != nil }
    }
}

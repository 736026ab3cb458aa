import Dataplanes
import JSON
import KubeModel
import KubeRuntime
import PollingSupport
import Testing

@testable import Operator
@testable import XDS

@Suite(.timeLimit(.minutes(20)))
struct SidecarVerdictTests {
    private let pods = Store<Pod>()
    private let time = VirtualTime()

    /// What the API server says about a token of this pod.
    private static func review(
        pod: String = "web-1",
        uid: String = "uid-of-web-1",
        isAuthenticated: Bool = true
    ) -> JSONValue {
        guard isAuthenticated else { return ["status": ["authenticated": false, "error": "token has expired"]] }
        return [
            "status": [
                "authenticated": true, "audiences": [.string(TokenReview.audience)],
                "user": [
                    "username": "system:serviceaccount:shop:default",
                    "extra": [
                        "authentication.kubernetes.io/pod-name": [.string(pod)],
                        "authentication.kubernetes.io/pod-uid": [.string(uid)],
                    ],
                ],
            ]
        ]
    }

    /// `admitted`, or the kind of refusal and its reason.
    private func verdict(
        nodeID: String = "default.web-1.shop",
        authorization: String? = "Bearer secret-token",
        answer: ScriptedAPI.Answer = .init(status: 201, body: review()),
        while body: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> (words: String, requests: [ScriptedAPI.Request]) {
        try await ScriptedAPI.serve({ _ in answer }) { client, api in
            let authenticator = SidecarAuthenticator(
                client: client,
                pods: pods,
                mesh: { $0.hasSidecar ? MeshMarks.mesh(of: $0, in: nil, otherwise: "default") : nil },
                time: time.source
            ).streamAuthenticator
            let credentials = StreamAuthenticator.Credentials(
                nodeID: nodeID,
                authorization: authorization,
                peer: "10.1.0.1"
            )
            async let verdict = authenticator.verdict(on: credentials)
            try await body()
            let words =
                switch await verdict {
                case .admitted(let proxy): "admitted \(proxy)"
                case .unauthenticated(let reason): "unauthenticated \(reason)"
                case .denied(let reason): "denied \(reason)"
                case .unavailable(let reason): "unavailable \(reason)"
                }
            #expect(!words.contains("secret-token"))
            return (words, api.requests)
        }
    }

    @Test func thePodItselfIsAdmitted() async throws {
        pods.put(try MeshSample.pod("web-1"))
        let (words, requests) = try await verdict()
        #expect(words == "admitted default.web-1.shop")
        #expect(requests.map(\.line) == ["POST /apis/authentication.k8s.io/v1/tokenreviews"])
        #expect(requests.first?.body[path: "spec", "token"]?.stringValue == "secret-token")
        #expect(requests.first?.body[path: "spec", "audiences"] == ["swiftlet-xds"])
    }

    @Test(arguments: [nil, "", "Bearer", "Bearer ", "Basic secret-token", "secret-token"] as [String?])
    func withoutATokenNobodyIsAsked(_ authorization: String?) async throws {
        let (words, requests) = try await verdict(authorization: authorization)
        #expect(words == "unauthenticated default.web-1.shop: there is no bearer token")
        #expect(requests.isEmpty)
    }

    @Test func theSchemeMayBeInAnyCase() async throws {
        pods.put(try MeshSample.pod("web-1"))
        #expect(try await verdict(authorization: "bearer secret-token").words == "admitted default.web-1.shop")
    }

    @Test(arguments: ["", "default", "default.shop", "..", "a..b"])
    func aNodeIDHasThreeParts(_ nodeID: String) async throws {
        let (words, requests) = try await verdict(nodeID: nodeID)
        #expect(words == "denied the node id \"\(nodeID)\" is not <mesh>.<pod>.<namespace>")
        #expect(requests.isEmpty)
    }

    @Test func aTokenThatTheServerRefusesIsRefusedWithItsWords() async throws {
        pods.put(try MeshSample.pod("web-1"))
        let (words, _) = try await verdict(answer: .init(status: 201, body: Self.review(isAuthenticated: false)))
        #expect(words == "unauthenticated default.web-1.shop: token has expired")
    }

    @Test func anotherPodsTokenIsNoUse() async throws {
        pods.put(try MeshSample.pod("web-1"))
        pods.put(try MeshSample.pod("web-2"))
        let answer = ScriptedAPI.Answer(status: 201, body: Self.review(pod: "web-2", uid: "uid-of-web-2"))
        #expect(
            try await verdict(answer: answer).words == "denied default.web-1.shop: the token belongs to pod shop/web-2"
        )
    }

    @Test func aPodThatComesALittleLaterIsAdmittedThen() async throws {
        let (words, _) = try await verdict { [pods, time] in
            try await eventually("the authenticator waits") { time.sleepers == 1 }
            pods.put(try MeshSample.pod("web-0", resourceVersion: 4))
            pods.advance(to: ResourceVersion(4))
            pods.put(try MeshSample.pod("web-1", resourceVersion: 5))
            pods.advance(to: ResourceVersion(5))
        }
        #expect(words == "admitted default.web-1.shop")
    }

    @Test func aPodThatDoesNotComeIsToBeTriedAgain() async throws {
        // One of the name is there: an earlier incarnation.
        pods.put(try MeshSample.pod("web-1"))
        let answer = ScriptedAPI.Answer(status: 201, body: Self.review(uid: "another"))
        let (words, _) = try await verdict(answer: answer) { [time] in
            try await eventually("the authenticator waits") { time.sleepers == 1 }
            time.advance(by: .seconds(5))
        }
        #expect(words == "unavailable default.web-1.shop: pod shop/web-1 (another) has not been seen yet")
    }

    @Test func theMeshMustBeThePods() async throws {
        pods.put(try MeshSample.pod("web-1", mesh: "other"))
        #expect(try await verdict().words == "denied default.web-1.shop: pod shop/web-1 is in mesh other")
        #expect(try await verdict(nodeID: "other.web-1.shop").words == "admitted other.web-1.shop")
    }

    @Test func aPodWithoutASidecarHasNothingToAskFor() async throws {
        pods.put(try MeshSample.pod("web-1", isInjected: false))
        #expect(try await verdict().words == "denied default.web-1.shop: pod shop/web-1 has no sidecar of ours")
    }

    @Test(arguments: [
        ScriptedAPI.Answer.refusal(500, "InternalError", "etcd is away"),
        .refusal(403, "Forbidden", "tokenreviews is forbidden"),
    ])
    func anAPIServerThatCannotTellIsNoVerdict(_ answer: ScriptedAPI.Answer) async throws {
        pods.put(try MeshSample.pod("web-1"))
        let words = try await verdict(answer: answer).words
        #expect(words.hasPrefix("unavailable default.web-1.shop: the token cannot be reviewed: create tokenreviews"))
    }
}

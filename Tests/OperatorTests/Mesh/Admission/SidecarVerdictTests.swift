import Dataplanes
import JSON
import KubeClient
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

    private func authenticator(_ client: KubeClient, gone: Set<UID> = []) -> SidecarAuthenticator {
        SidecarAuthenticator(
            client: client,
            pods: pods,
            mesh: { $0.hasSidecar ? MeshMarks.mesh(of: $0, in: nil, otherwise: "default") : nil },
            isGone: { gone.contains($0) },
            time: time.source
        )
    }

    /// `admitted`, or the kind of refusal and its reason.
    ///
    /// - Parameter body: runs while the verdict waits for the pod to be seen.
    private func verdict(
        authorization: String? = "Bearer \(SampleToken().text)",
        gone: Set<UID> = [],
        answer: ScriptedAPI.Answer = .init(status: 201, body: review()),
        while body: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> (words: String, requests: [ScriptedAPI.Request]) {
        try await ScriptedAPI.serve({ _ in answer }) { client, api in
            let authenticator = authenticator(client, gone: gone)
            var verdict = await authenticator.verdict(on: .init(authorization: authorization, peer: "10.1.0.1"))
            if case .pending(let wait) = verdict {
                async let later = wait()
                try await body()
                verdict = await later
            }
            let words = verdict.words
            #expect(!words.contains(SampleToken.signature))
            return (words, api.requests)
        }
    }

    @Test func thePodItselfIsAdmitted() async throws {
        pods.put(try MeshSample.pod("web-1"))
        let (words, requests) = try await verdict()
        #expect(words == "admitted default.web-1.shop uid-of-web-1")
        #expect(requests.map(\.line) == ["POST /apis/authentication.k8s.io/v1/tokenreviews"])
        #expect(requests.first?.body[path: "spec", "token"]?.stringValue == SampleToken().text)
        #expect(requests.first?.body[path: "spec", "audiences"] == ["swiftlet-xds"])
    }

    @Test(arguments: [nil, "", "Bearer", "Bearer ", "Basic secret-token", "secret-token"] as [String?])
    func withoutATokenNobodyIsAsked(_ authorization: String?) async throws {
        let (words, requests) = try await verdict(authorization: authorization)
        #expect(words == "unauthenticated there is no bearer token")
        #expect(requests.isEmpty)
    }

    @Test func theSchemeMayBeInAnyCase() async throws {
        pods.put(try MeshSample.pod("web-1"))
        #expect(try await verdict(authorization: "bearer \(SampleToken().text)").words.hasPrefix("admitted"))
    }

    @Test func aTokenThatTheServerRefusesIsRefusedWithItsWords() async throws {
        pods.put(try MeshSample.pod("web-1"))
        let (words, _) = try await verdict(answer: .init(status: 201, body: Self.review(isAuthenticated: false)))
        #expect(words == "unauthenticated shop/web-1: token has expired")
    }

    @Test func anotherPodsTokenIsNoUse() async throws {
        pods.put(try MeshSample.pod("web-1"))
        pods.put(try MeshSample.pod("web-2"))
        let answer = ScriptedAPI.Answer(status: 201, body: Self.review(pod: "web-2", uid: "uid-of-web-2"))
        // Whatever it says of itself, it is what the API server says; and the stream is for that pod and no other.
        #expect(try await verdict(answer: answer).words == "admitted default.web-2.shop uid-of-web-2")
    }

    @Test func aPodThatComesALittleLaterIsAdmittedThen() async throws {
        let (words, _) = try await verdict { [pods, time] in
            try await eventually("the authenticator waits") { time.sleepers == 1 }
            pods.put(try MeshSample.pod("web-0", resourceVersion: 4))
            pods.advance(to: ResourceVersion(4))
            pods.put(try MeshSample.pod("web-1", resourceVersion: 5))
            pods.advance(to: ResourceVersion(5))
        }
        #expect(words == "admitted default.web-1.shop uid-of-web-1")
    }

    @Test func aPodThatDoesNotComeIsToBeTriedAgain() async throws {
        // One of the name is there: an earlier incarnation.
        pods.put(try MeshSample.pod("web-1"))
        let answer = ScriptedAPI.Answer(status: 201, body: Self.review(uid: "another"))
        let (words, _) = try await verdict(answer: answer) { [time] in
            try await eventually("the authenticator waits") { time.sleepers == 1 }
            time.advance(by: .seconds(5))
        }
        #expect(words == "unavailable pod shop/web-1 (another) has not been seen yet")
    }

    @Test func theMeshMustBeThePods() async throws {
        pods.put(try MeshSample.pod("web-1", mesh: "other"))
        #expect(try await verdict().words == "admitted other.web-1.shop uid-of-web-1")
    }

    @Test func aPodWithoutASidecarHasNothingToAskFor() async throws {
        pods.put(try MeshSample.pod("web-1", isInjected: false))
        #expect(try await verdict().words == "denied pod shop/web-1 has no sidecar of ours")
    }

    @Test(arguments: [
        ScriptedAPI.Answer.refusal(500, "InternalError", "etcd is away"),
        .refusal(403, "Forbidden", "tokenreviews is forbidden"),
    ])
    func anAPIServerThatCannotTellIsNoVerdict(_ answer: ScriptedAPI.Answer) async throws {
        pods.put(try MeshSample.pod("web-1"))
        let words = try await verdict(answer: answer).words
        #expect(words.hasPrefix("unavailable shop/web-1: the token cannot be reviewed: create tokenreviews"))
    }

    // MARK: Tokens that the API server is not asked about

    @Test(arguments: [
        ("secret-token", "the token is not a JSON Web Token"), ("a.b", "the token is not a JSON Web Token"),
        ("a.b.c", "the token is not a JSON Web Token"), ("..", "the token is not a JSON Web Token"),
        ("\(SampleToken().text).more", "the token is not a JSON Web Token"),
        ("\(SampleToken().text)=", "the token is not a JSON Web Token"),
        ("\(SampleToken().text) more", "the token is not a JSON Web Token"),
        (String(repeating: "a", count: 9000), "the token is longer than the 8192 bytes that are allowed"),
        (SampleToken(audiences: ["https://kubernetes.default.svc"]).text, "not made for the audience swiftlet-xds"),
        (SampleToken(audiences: []).text, "not made for the audience swiftlet-xds"),
        (SampleToken(expiresIn: -301).text, "the token has expired"), (SampleToken(expiresIn: nil).text, "has expired"),
        (SampleToken(pod: nil).text, "the token is not bound to a pod"),
        (SampleToken(uid: nil).text, "the token is not bound to a pod"),
    ])
    func whatIsPlainlyNoTokenOfAPodIsRefusedWithoutAQuestion(token: String, reason: String) async throws {
        pods.put(try MeshSample.pod("web-1"))
        let (words, requests) = try await verdict(authorization: "Bearer \(token)")
        #expect(words.hasPrefix("unauthenticated") && words.hasSuffix(reason), "\(words)")
        #expect(requests.isEmpty)
    }

    @Test func clocksMayDifferALittle() async throws {
        pods.put(try MeshSample.pod("web-1"))
        let late = SampleToken(expiresIn: -200).text
        #expect(try await verdict(authorization: "Bearer \(late)").words.hasPrefix("admitted"))
    }

    @Test func aSingleAudienceMayBeAText() async throws {
        pods.put(try MeshSample.pod("web-1"))
        let token = SampleToken(audience: TokenReview.audience).text
        #expect(try await verdict(authorization: "Bearer \(token)").words.hasPrefix("admitted"))
    }

    @Test func theTokenOfADeletedPodIsRefusedWithoutAQuestion() async throws {
        let (words, requests) = try await verdict(gone: [UID("uid-of-web-1")])
        #expect(words == "unauthenticated pod shop/web-1 has been deleted")
        #expect(requests.isEmpty)
    }

    @Test func aPodThatIsDeletedWhileItIsWaitedForIsRefusedAtOnce() async throws {
        let gone = ObservedValue(false)
        try await ScriptedAPI.serve({ _ in .init(status: 201, body: Self.review()) }) { client, _ in
            let authenticator = SidecarAuthenticator(
                client: client,
                pods: pods,
                mesh: { _ in "default" },
                isGone: { _ in gone.value },
                time: time.source
            )
            let verdict = await authenticator.verdict(
                on: .init(authorization: "Bearer \(SampleToken().text)", peer: "10.1.0.1")
            )
            guard case .pending(let wait) = verdict else {
                Issue.record("\(verdict)")
                return
            }
            async let later = wait()
            try await eventually("it waits") { time.sleepers == 1 }
            gone.update { $0 = true }
            pods.advance(to: ResourceVersion(9))
            #expect(await later.words == "unauthenticated pod shop/web-1 has been deleted")
        }
    }

    /// Asks for a verdict on each of the tokens.
    private func verdicts(
        on tokens: [(address: String, token: String)],
        answer: @escaping @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer
    ) async throws -> (words: [String], questions: Int) {
        try await ScriptedAPI.serve(answer) { client, api in
            let authenticator = authenticator(client)
            var words: [String] = []
            for (address, token) in tokens {
                let verdict = await authenticator.verdict(on: .init(authorization: "Bearer \(token)", peer: address))
                words.append(verdict.words)
            }
            return (words, api.requests.count)
        }
    }

    /// Signed tokens are accepted; others are not.
    private static let judging: @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer = { request in
        let isSigned = request.body[path: "spec", "token"]?.stringValue?.hasSuffix(SampleToken.signature) == true
        return .init(status: 201, body: review(isAuthenticated: isSigned))
    }

    @Test func aTokenThatWasRefusedIsNotAskedAboutAgain() async throws {
        let token = SampleToken(signature: "forged").text
        let (words, questions) = try await verdicts(
            on: Array(repeating: ("10.1.0.9", token), count: 50),
            answer: Self.judging
        )
        #expect(Set(words) == ["unauthenticated shop/web-1: token has expired"])
        #expect(questions == 1)
    }

    @Test func madeUpTokensOfAnAddressAreAskedAboutAFewTimes() async throws {
        pods.put(try MeshSample.pod("web-1"))
        var tokens = (0..<100).map { ("10.1.0.9", SampleToken(uid: "made-up-\($0)", signature: "forged\($0)").text) }
        // Behind the same address, and elsewhere.
        tokens += [("10.1.0.9", SampleToken().text), ("10.1.0.1", SampleToken().text)]
        let (words, questions) = try await verdicts(on: tokens, answer: Self.judging)
        #expect(questions == 12)
        #expect(words.suffix(2).allSatisfy { $0.hasPrefix("admitted") })
        #expect(words[50] == "unavailable too many tokens of 10.1.0.9 were refused")
    }

    @Test func tokensMadeUpForAPodThatIsThereHarmThatOneAtThatAddressOnly() async throws {
        pods.put(try MeshSample.pod("web-1"))
        var tokens = (0..<100).map { ("10.1.0.9", SampleToken(signature: "forged\($0)").text) }
        tokens.append(("10.1.0.1", SampleToken().text))
        let (words, questions) = try await verdicts(on: tokens, answer: Self.judging)
        #expect(questions == 11)
        #expect(words.last?.hasPrefix("admitted") == true)
    }

    @Test func anAPIServerThatDoesNotAnswerIsLeftInPeaceForAWhile() async throws {
        pods.put(try MeshSample.pod("web-1"))
        let tokens = Array(repeating: ("10.1.0.1", SampleToken().text), count: 50)
        let (words, questions) = try await verdicts(on: tokens) { _ in .refusal(500, "InternalError", "etcd is away") }
        #expect(questions == ReviewGate.failuresInARow)
        #expect(words.last == "unavailable the API server does not review tokens at present")
    }
}

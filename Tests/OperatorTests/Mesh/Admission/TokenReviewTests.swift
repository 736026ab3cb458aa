import JSON
import KubeModel
import Testing

@testable import Operator

struct TokenReviewTests {
    private static func answer(_ change: (inout JSONValue) -> Void = { _ in }) -> JSONValue {
        var status: JSONValue = [
            "authenticated": true, "audiences": [.string(TokenReview.audience)],
            "user": [
                "username": "system:serviceaccount:shop:web",
                "extra": [
                    "authentication.kubernetes.io/pod-name": ["web-1"],
                    "authentication.kubernetes.io/pod-uid": ["6e8b1a52-7d0c-4e62-9f0e-3f1f6a3f0b11"],
                ],
            ],
        ]
        change(&status)
        return ["status": status]
    }

    @Test func aTokenOfAPodIsThatPod() {
        #expect(
            TokenReview.finding(in: Self.answer())
                == .pod(
                    TokenReview.Identity(
                        pod: ObjectKey(namespace: "shop", name: "web-1"),
                        uid: UID("6e8b1a52-7d0c-4e62-9f0e-3f1f6a3f0b11"),
                        serviceAccount: "web"
                    )
                )
        )
    }

    @Test(arguments: [
        ("no verdict", JSONValue.object([:]), "no verdict"),
        ("unknown", answer { $0["authenticated"] = false }, "does not know"),
        (
            "expired",
            answer {
                $0["authenticated"] = false; $0["error"] = "token has expired"
            }, "expired"
        ),
        ("no audience", answer { $0["audiences"] = nil }, "audience"),
        ("another audience", answer { $0["audiences"] = ["https://kubernetes.default.svc"] }, "audience"),
        ("a person", answer { $0[path: "user", "username"] = "admin" }, "no service account"),
        ("unbound", answer { $0[path: "user", "extra"] = nil }, "not bound"),
        ("no uid", answer { $0[path: "user", "extra", "authentication.kubernetes.io/pod-uid"] = nil }, "not bound"),
    ])
    func anythingElseIsRefusedWithItsReason(_ name: String, _ answer: JSONValue, _ words: String) {
        guard case .refused(let reason) = TokenReview.finding(in: answer) else {
            Issue.record("\(name) was taken")
            return
        }
        #expect(reason.contains(words), "\(reason)")
    }
}

import KubeTransport
import Testing

@testable import KubeClient

@Suite struct RetryPolicyTests {
    private static func status(_ code: Int, retryAfter: Int? = nil) -> KubeError.Code {
        .status(KubeStatus(code: code, reason: "", message: "", retryAfterSeconds: retryAfter))
    }

    private static func transport(_ code: TransportError.Code, wasSent: Bool) -> KubeError.Code {
        .transport(TransportError(code, "", wasSent: wasSent))
    }

    @Test(
        arguments: [
            (status(429, retryAfter: 1), 1, false, Duration.seconds(1)),
            (status(429, retryAfter: 0), 1, false, .seconds(1)),
            (status(503, retryAfter: 5), 1, false, .seconds(5)),
            (status(503, retryAfter: 6), 1, false, nil),
            (status(429, retryAfter: 1), 5, false, nil),
            (status(429), 1, true, nil),
            (status(503), 1, true, nil),
            (status(409, retryAfter: 1), 1, true, nil),
            (status(404), 1, true, nil),
            (transport(.connect, wasSent: false), 1, false, .milliseconds(100)),
            (transport(.connect, wasSent: false), 3, false, .milliseconds(400)),
            (transport(.resolve, wasSent: false), 1, true, .milliseconds(100)),
            (transport(.connectionLost, wasSent: true), 1, true, .milliseconds(100)),
            (transport(.connectionLost, wasSent: true), 1, false, nil),
            (transport(.timeout, wasSent: true), 1, true, nil),
            (transport(.tls, wasSent: false), 1, true, nil),
            (transport(.cancelled, wasSent: false), 1, true, nil),
            (.credentials, 1, true, nil),
            (.decoding, 1, true, nil),
        ] as [(KubeError.Code, Int, Bool, Duration?)]
    )
    func decides(code: KubeError.Code, attempt: Int, isRead: Bool, wait: Duration?) {
        #expect(RetryPolicy().wait(after: code, attempt: attempt, isRead: isRead) == wait)
    }
}

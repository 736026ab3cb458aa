import KubeModel
import TestSupport
import Testing

@testable import KubeClient

@Suite struct KubeStatusTests {
    private static func status(
        _ code: Int,
        _ body: String,
        type: String = "application/json",
        retryAfter: String? = nil
    ) -> KubeStatus {
        KubeStatus(responseCode: code, contentType: type, retryAfter: retryAfter, body: Array(body.utf8))
    }

    @Test func aStatusBodyIsRead() {
        let status = Self.status(
            422,
            """
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"is invalid","reason":"Invalid",
             "details":{"name":"web","group":"apps","kind":"Deployment","uid":"u","retryAfterSeconds":3,
             "causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.selector"}]},"code":422}
            """
        )
        #expect(status.isInvalid)
        #expect(status.reason == "Invalid")
        #expect(status.details.name == "web")
        #expect(status.details.kind == "Deployment")
        #expect(status.causes.map(\.field) == ["spec.selector"])
        #expect(status.retryAfterSeconds == 3)
        #expect("\(status)" == "422 Invalid: is invalid")
    }

    @Test func aProtobufStatusBodyIsRead() {
        let message = ProtobufWriter {
            $0.string(2, "Failure")
            $0.string(3, "gone")
            $0.string(4, "Expired")
            $0.message(5) {
                $0.string(1, "web")
                $0.message(4) { $0.string(3, "spec") }
                $0.integer(5, 2)
            }
            $0.integer(6, 410)
        }.bytes
        let body = ProtobufWriter.envelope(apiVersion: "v1", kind: "Status", message)
        let type = "application/vnd.kubernetes.protobuf"
        let status = KubeStatus(responseCode: 410, contentType: type, retryAfter: nil, body: body)
        #expect(status.isGone)
        #expect(status.message == "gone")
        #expect(status.causes.map(\.field) == ["spec"])
        #expect(status.retryAfterSeconds == 2)
    }

    @Test func aProxysPageIsKeptAsABoundedExcerpt() {
        let status = Self.status(502, "<html>\r\n <b>Bad\u{1} Gateway</b>\n</html>", type: "text/html")
        #expect(status.message == "<html> <b>Bad Gateway</b> </html>")
        #expect(status.reason.isEmpty)
        let long = Self.status(502, String(repeating: "x", count: 10_000), type: "text/html")
        #expect(long.message.utf8.count < 600)
        #expect(Self.status(502, "", type: "").message.isEmpty)
        #expect(Self.status(500, #"{"error":"other JSON"}"#).message == #"{"error":"other JSON"}"#)
    }

    @Test func theResponsesCodeAndRetryAfterPrevail() {
        let body =
            #"{"kind":"Status","message":"busy","reason":"TooManyRequests","code":200,"details":{"retryAfterSeconds":9}}"#
        let status = Self.status(429, body, retryAfter: "1")
        #expect(status.code == 429)
        #expect(status.retryAfterSeconds == 1)
        #expect(Self.status(429, body, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT").retryAfterSeconds == 9)
        #expect(Self.status(429, "", retryAfter: "-1").retryAfterSeconds == nil)
        // Something in front of the server may ask for any time, after which nobody would be awake.
        for (text, wait) in [("7", 7), ("300", 300), ("3600", 300), ("9223372036854775807", 300)] {
            #expect(Self.status(503, "", retryAfter: text).retryAfter == .seconds(wait))
        }
    }

    @Test func conflictAndAlreadyExistsAreToldApart() {
        let conflict = KubeStatus(code: 409, reason: "Conflict", message: "")
        let exists = KubeStatus(code: 409, reason: "AlreadyExists", message: "")
        #expect(conflict.isConflict && !conflict.isAlreadyExists && conflict.isRetryable)
        #expect(!exists.isConflict && exists.isAlreadyExists && !exists.isRetryable)
    }

    @Test func aResourceVersionFromTheFutureIsRecognized() {
        var status = KubeStatus(
            code: 504,
            reason: "Timeout",
            message: "Timeout: Too large resource version: 9, current: 1"
        )
        #expect(status.isTooLargeResourceVersion)
        status.message = "Timeout"
        #expect(!status.isTooLargeResourceVersion)
        var cause = KubeStatus.Cause()
        cause.reason = "ResourceVersionTooLarge"
        status.details.causes = [cause]
        #expect(status.isTooLargeResourceVersion)
    }

    @Test func mutatedBodiesNeverTrap() {
        var generator = SeededGenerator(seed: 5)
        let json = Array(#"{"message":"m","reason":"r","code":1,"details":{"causes":[{"field":"f"}]}}"#.utf8)
        for _ in 0..<300 {
            let body = json.mutated(using: &generator)
            #expect(KubeStatus(responseCode: 500, contentType: nil, retryAfter: nil, body: body).code == 500)
        }
    }
}

import JSON
import KubeAdmission
import Testing

@Suite struct AdmissionResponseTests {
    @Test func `an answer carries the uid and no more than it has`() {
        #expect(
            AdmissionResponse.allowed().review(uid: "u") == [
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                "response": ["uid": "u", "allowed": true],
            ]
        )
    }

    @Test func `a patch is sent in base64`() {
        let patch: [JSONValue] = [["op": "add", "path": "/a", "value": 1]]
        let answer = AdmissionResponse.allowed(patch: patch, warnings: ["careful"], auditAnnotations: ["k": "v"])
        #expect(
            answer.review(uid: "u")["response"] == [
                "uid": "u", "allowed": true, "patchType": "JSONPatch",
                "patch": "W3sib3AiOiJhZGQiLCJwYXRoIjoiL2EiLCJ2YWx1ZSI6MX1d", "warnings": ["careful"],
                "auditAnnotations": ["k": "v"],
            ]
        )
    }

    @Test(arguments: [(403, 403), (422, 422), (200, 400), (0, 400), (1000, 599)])
    func `a denial has a status`(given: Int, sent: Int64) {
        let answer = AdmissionResponse.denied("no", code: given, reason: "Invalid", warnings: ["w"])
        #expect(!answer.isAllowed)
        #expect(
            answer.review(uid: "u")["response"] == [
                "uid": "u", "allowed": false, "warnings": ["w"],
                "status": ["code": .int(sent), "reason": "Invalid", "message": "no"],
            ]
        )
    }
}

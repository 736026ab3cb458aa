import JSON
import KubeAdmission
import KubeModel
import TestSupport
import Testing

@Suite struct AdmissionRequestTests {
    @Test func `a creation is read`() throws {
        let request = try AdmissionRequest(review: Reviews.review())
        #expect(request.uid == "705ab4f5-6393-11e8-b7cc-42010a800002")
        #expect(request.kind == GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"))
        #expect(request.groupVersion == GroupVersion(group: "", version: "v1"))
        #expect(request.plural == "configmaps")
        #expect(request.subresource == nil)
        #expect(request.operation == .create)
        #expect(
            request.user
                == AdmissionUser(name: "admin", uid: "014fbff9a07c", groups: ["system:authenticated", "admin"])
        )
        #expect(request.object?[path: "metadata", "name"] == "settings")
        #expect(request.oldObject == nil)
        #expect(!request.isDryRun)
        #expect(request.summary == "CREATE configmaps default/settings")
    }

    @Test func `a dry run and a subresource are told`() throws {
        let request = try AdmissionRequest(
            review: Reviews.review { review in
                review[path: "request", "dryRun"] = true
                review[path: "request", "subResource"] = "status"
                review[path: "request", "operation"] = "DELETE"
                review[path: "request", "object"] = .null
                review[path: "request", "oldObject"] = ["a": 1]
                review[path: "request", "name"] = nil
            }
        )
        #expect(request.isDryRun)
        #expect(request.subresource == "status")
        #expect(request.operation == .delete)
        #expect(request.object == nil)
        #expect(request.oldObject == ["a": 1])
        #expect(request.name.isEmpty)
    }

    struct Wrong: Sendable {
        var path: [String]
        var value: JSONValue?
        var message: String

        init(_ path: String, _ value: JSONValue?, _ message: String) {
            self.path = path.split(separator: ".").map(String.init)
            self.value = value
            self.message = message
        }
    }

    @Test(arguments: [
        Wrong("kind", "Review", "apiVersion and kind must be admission.k8s.io/v1 AdmissionReview"),
        Wrong("apiVersion", "admission.k8s.io/v1beta1", "apiVersion and kind must be admission.k8s.io/v1"),
        Wrong("apiVersion", nil, "apiVersion and kind must be"),
        Wrong("request", nil, "request must be an object"), Wrong("request", [1], "request must be an object"),
        Wrong("request.uid", nil, "request.uid must have 1 to 128 bytes"),
        Wrong("request.uid", 1, "request.uid must be a string, not integer"),
        Wrong("request.uid", .string(String(repeating: "x", count: 129)), "request.uid must have 1 to 128 bytes"),
        Wrong("request.kind", nil, "request.kind is missing"),
        Wrong("request.kind", "Pod", "request.kind must be an object, not string"),
        Wrong("request.kind.version", true, "request.kind.version must be a string, not boolean"),
        Wrong("request.resource", .null, "request.resource is missing"),
        Wrong("request.operation", "PATCH", "request.operation must be CREATE, UPDATE, DELETE or CONNECT"),
        Wrong("request.dryRun", "yes", "request.dryRun must be a boolean, not string"),
        Wrong("request.object", [1], "request.object must be an object, not array"),
        Wrong("request.userInfo", 1.5, "request.userInfo must be an object, not number"),
    ])
    func `what is wrong is named`(wrong: Wrong) {
        let body = Reviews.review { $0[path: wrong.path] = wrong.value }
        let error = #expect(throws: AdmissionError.self) { try AdmissionRequest(review: body) }
        #expect(error?.code == .request)
        #expect(error?.message.hasPrefix(wrong.message) == true, "\(String(describing: error))")
    }

    /// Names go into paths, log lines and answers.
    @Test(arguments: [
        ("namespace", "shop/../../secrets"), ("namespace", "."), ("namespace", ".."), ("namespace", "a.b"),
        ("namespace", "Shop"), ("namespace", "shop?watch=1"), ("namespace", "shop%2Fsecrets"),
        ("namespace", String(repeating: "a", count: 64)), ("namespace", "-a"), ("namespace", "a\n"),
        ("name", "web/exec"), ("name", ".."), ("name", "a..b"), ("name", "web 1"), ("name", "ü"),
        ("name", String(repeating: "a.", count: 127) + "a"), ("resource.resource", "pods/exec"),
        ("resource.resource", "Pods"), ("resource.group", "apps/v1"), ("resource.version", "v1/../v2"),
        ("kind.kind", "Pod\u{10}"), ("kind.kind", "Pod/Exec"), ("kind.group", "a b"), ("kind.version", "v1\r"),
        ("subResource", "status/../x"),
    ])
    func `names that are none are refused`(field: String, value: String) {
        let path = ["request"] + field.split(separator: ".").map(String.init)
        let body = Reviews.review { $0[path: path] = .string(value) }
        let error = #expect(throws: AdmissionError.self) { try AdmissionRequest(review: body) }
        #expect(error?.message.hasPrefix("request.\(field) must be ") == true, "\(String(describing: error))")
        // What was sent goes into no log.
        #expect(error?.description == error?.message)
        #expect(value.utf8.count < 3 || error?.message.contains(value) == false)
    }

    @Test(arguments: [
        ("namespace", "shop-1"), ("namespace", "0"), ("namespace", ""), ("name", "web-1.example"), ("name", ""),
        ("name", String(repeating: "a.", count: 126) + "a"), ("resource.group", "web.phys.app"),
        ("kind.kind", "WebServer"), ("subResource", "ephemeralcontainers"), ("kind.version", "v1alpha1"),
    ])
    func `names of objects that there can be are read`(field: String, value: String) throws {
        let path = ["request"] + field.split(separator: ".").map(String.init)
        _ = try AdmissionRequest(review: Reviews.review { $0[path: path] = .string(value) })
    }

    @Test(arguments: [
        "", "{", "null", "[]", "\u{0}", "{\"kind\":\"AdmissionReview\"} x",
        String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
    ])
    func `what is no JSON of a review is refused`(text: String) {
        #expect(throws: AdmissionError.self) { try AdmissionRequest(review: Array(text.utf8)) }
    }

    /// Two bytes each, and many times as much in memory.
    @Test func `a review of far too many values is refused`() {
        let body = Reviews.review { review in
            review[path: "request", "object", "data"] = .array(Array(repeating: .int(0), count: 600_000))
        }
        let error = #expect(throws: AdmissionError.self) { try AdmissionRequest(review: body) }
        #expect((error?.cause as? JSONError)?.code == .tooMany)
    }

    @Test func `damaged reviews do no harm`() {
        var random = SeededGenerator(seed: 7)
        let review = Reviews.review()
        for _ in 0..<3000 {
            let body = review.mutated(using: &random)
            do {
                let request = try AdmissionRequest(review: body)
                #expect(!request.uid.isEmpty)
            } catch {
                #expect(error.code == .request)
            }
        }
    }
}

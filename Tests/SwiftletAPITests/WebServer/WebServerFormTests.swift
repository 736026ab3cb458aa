import JSON
import KubeModel
import Testing

@testable import SwiftletAPI

/// What templates leave in a WebServer where a value is not set, as the API server and Kubernetes take it.
struct WebServerFormTests {
    private static func manifest(_ more: String) throws -> JSONValue {
        [
            "apiVersion": "web.phys.app/v1alpha1", "kind": "WebServer", "metadata": ["name": "web"],
            "spec": try JSONValue(parsing: #"{"webServerImage":"nginx:1.27"\#(more.isEmpty ? "" : ",\(more)")}"#),
        ]
    }

    /// What is written, and what it means.
    @Test(arguments: [
        (#""replicas":null"#, ""), (#""port":null"#, ""), (#""nodeSelector":null"#, ""), (#""tolerations":null"#, ""),
        (#""resources":null"#, ""), (#""ingress":null"#, ""), (#""service":null"#, ""), (#""env":null"#, ""),
        (#""persistentVolumeClaim":null"#, ""), (#""autoscaling":null"#, ""), (#""disruptionBudget":null"#, ""),
        (#""configFrom":null"#, ""), (#""podLabels":null,"podAnnotations":null"#, ""), (#""paused":null"#, ""),
        (#""affinity":null,"securityContext":null,"livenessProbe":null"#, ""), (#""imagePullPolicy":null"#, ""),
        (#""serviceAccountName":null"#, ""), (#""serviceAccountName":"""#, ""),
        (#""ingress":{"host":null,"ingressClass":null}"#, #""ingress":{}"#),
        (#""ingress":{"host":"","ingressClass":""}"#, #""ingress":{}"#),
        (#""ingress":{"path":""}"#, #""ingress":{}"#), (#""ingress":{"path":null,"pathType":null}"#, #""ingress":{}"#),
        (#""ingress":{"tls":null,"annotations":null}"#, #""ingress":{}"#),
        (#""service":{"type":null,"port":null}"#, #""service":{}"#),
        (#""nodeSelector":{"a":null,"b":"c"}"#, #""nodeSelector":{"b":"c"}"#),
        (#""podLabels":{"a":null}"#, #""podLabels":{}"#), (#""podLabels":{"a":""}"#, #""podLabels":{"a":""}"#),
        (#""env":[{"name":"A","value":null}]"#, #""env":[{"name":"A"}]"#),
        (#""env":[{"name":"A","value":""}]"#, #""env":[{"name":"A","value":""}]"#),
        (#""resources":{"limits":null,"requests":{"cpu":"1"}}"#, #""resources":{"requests":{"cpu":"1"}}"#),
        (#""resources":{"limits":{"cpu":null}}"#, #""resources":{"limits":{}}"#),
        (
            #""persistentVolumeClaim":{"name":"a","mountPath":"/a","subPath":"","size":null}"#,
            #""persistentVolumeClaim":{"name":"a","mountPath":"/a"}"#
        ),
        (
            #""configFrom":[{"configMap":{"name":"a","items":null},"secret":null,"mountPath":"/a","subPath":""}]"#,
            #""configFrom":[{"configMap":{"name":"a"},"mountPath":"/a"}]"#
        ),
        (#""disruptionBudget":{"minAvailable":1,"maxUnavailable":null}"#, #""disruptionBudget":{"minAvailable":1}"#),
        (#""tolerations":[],"env":[],"command":[]"#, #""tolerations":[],"env":[],"command":[]"#),
    ])
    func whatIsNotSetIsLeftOut(written: String, meant: String) throws {
        let (webServer, findings) = try WebServer.check(Self.manifest(written))
        #expect(!findings.hasErrors, "\(findings)")
        #expect(webServer?.spec == (try WebServer(Self.manifest(meant))).spec)
    }

    /// An empty text that has a meaning of its own.
    @Test func anEmptyStorageClassIsNoClass() throws {
        let manifest = try Self.manifest(#""persistentVolumeClaim":{"name":"a","mountPath":"/a","storageClass":""}"#)
        #expect(try WebServer.check(manifest).webServer?.spec.persistentVolumeClaim?.storageClass == "")
    }

    @Test(arguments: [
        (#""replicas":"2""#, "replicas: must be an integer"), (#""paused":"true""#, "paused: must be true or false"),
        (#""replicas":"""#, "replicas: must be an integer"), (#""command":[null]"#, "command[0]: must not be null"),
        (#""env":[null]"#, "env[0]: must not be null"), (#""ingress":"""#, "ingress: must be an object"),
        (#""tolerations":{}"#, "tolerations: must be a list"), (#""resources":[]"#, "resources: must be an object"),
        (#""imagePullPolicy":"""#, "imagePullPolicy: \"\" is not supported"),
        (#""persistentVolumeClaim":{"name":null,"mountPath":"/a"}"#, "persistentVolumeClaim.name: is required"),
        (#""disruptionBudget":{"minAvailable":null}"#, "disruptionBudget: needs one of"),
        (#""nodeSelector":{"a":1}"#, "nodeSelector.a: must be a text"),
    ])
    func whatTheServerRefusesIsRefused(written: String, message: String) throws {
        let findings = try WebServer.check(Self.manifest(written)).errors
        #expect(findings.contains { $0.severity == .error && $0.description.contains(message) }, "\(findings)")
    }

    @Test func aSpecThatIsNullIsMissing() throws {
        var manifest = try Self.manifest("")
        manifest["spec"] = .null
        #expect(try WebServer.check(manifest).errors.map(\.path).contains(["spec"]))
    }
}

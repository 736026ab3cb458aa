import JSON
import KubeModel
import Testing

@testable import SwiftletAPI

struct WebServerValidationTests {
    private static func check(_ spec: String, name: String = "web") throws -> [String] {
        var manifest: JSONValue = [
            "apiVersion": "web.phys.app/v1alpha1", "kind": "WebServer", "metadata": ["name": .string(name)],
        ]
        manifest["spec"] = try JSONValue(parsing: spec)
        return try WebServer.check(manifest).errors.map { "\($0.severity.rawValue) \($0)" }
    }

    @Test(arguments: [
        (#""replicas":-1"#, "error spec.replicas: -1 is not allowed: must be at least 0"),
        (#""port":70000"#, "error spec.port: 70000 is not allowed: must be from 1 to 65535"),
        (#""webServerImag":"x""#, "error spec.webServerImag: is unknown: did you mean webServerImage?"),
        (
            #""storageClass":"x""#,
            "error spec.storageClass: is unknown: did you mean spec.persistentVolumeClaim.storageClass?"
        ),
        (#""env":[{"name":"A","valu":"b"}]"#, "error spec.env[0].valu: is unknown: did you mean value?"),
        (
            #""env":[{"name":"A","value":"b","valueFrom":{"fieldRef":{"fieldPath":"x"}}}]"#,
            "error spec.env[0]: has value and valueFrom: only one of them is possible"
        ),
        (#""env":[{"name":"A=B"}]"#, "error spec.env[0].name: \"A=B\" is not allowed: must not contain '='"),
        (
            #""livenessProbe":{"periodSeconds":1}"#,
            "error spec.livenessProbe: needs one of exec, grpc, httpGet, tcpSocket"
        ),
        (
            #""ingress":{"host":"https://a.b"}"#,
            "error spec.ingress.host: \"https://a.b\" is not allowed: only the DNS name, without scheme, port and path"
        ),
        (
            #""ingress":{"host":"a.*.b"}"#,
            "error spec.ingress.host: \"a.*.b\" is not allowed: a wildcard stands for the whole first part, such as *.example.com"
        ),
        (
            #""ingress":{"host":"10.0.0.1"}"#,
            "error spec.ingress.host: \"10.0.0.1\" is not allowed: must be a DNS name, not an IP address"
        ),
        (#""ingress":{"path":"x"}"#, "error spec.ingress.path: \"x\" is not allowed: must start with /"),
        (
            #""ingress":{"path":"/a//b"}"#,
            "error spec.ingress.path: \"/a//b\" is not allowed: must not contain \"//\" with pathType Prefix"
        ),
        (#""ingress":{"tls":{}}"#, "error spec.ingress.tls.secretName: is required: Secret of type kubernetes.io/tls"),
        (
            #""persistentVolumeClaim":{"name":"a","mountPath":"/"}"#,
            "error spec.persistentVolumeClaim.mountPath: \"/\" is not allowed: must start with / and not be the root"
        ),
        (
            #""persistentVolumeClaim":{"name":"a","mountPath":"/a","size":"0"}"#,
            "error spec.persistentVolumeClaim.size: \"0\" is not allowed: must be more than 0"
        ),
        (
            #""persistentVolumeClaim":{"name":"a","mountPath":"/a","size":"1Gb"}"#,
            "error spec.persistentVolumeClaim.size: \"1Gb\" is no quantity: write it as 500Mi or 10Gi"
        ),
        (
            #""persistentVolumeClaim":{"name":"a","mountPath":"/a","accessModes":["ReadWriteOne"]}"#,
            "error spec.persistentVolumeClaim.accessModes[0]: \"ReadWriteOne\" is not supported: did you mean \"ReadWriteOnce\"?"
        ),
        (
            #""persistentVolumeClaim":{"name":"a","mountPath":"/a","accessModes":["ReadWriteOncePod","ReadWriteMany"]}"#,
            "error spec.persistentVolumeClaim.accessModes: ReadWriteOncePod must be the only access mode"
        ),
        (
            #""persistentVolumeClaim":{"name":"a","mountPath":"/a","subPath":"../x"}"#,
            "error spec.persistentVolumeClaim.subPath: \"../x\" is not allowed: must not contain \"..\""
        ),
        (
            #""replicas":2,"persistentVolumeClaim":{"name":"a","mountPath":"/a","createIfNotExists":true}"#,
            "warning spec.persistentVolumeClaim.accessModes: allows one node only, and there may be 2 pods"
        ),
        (
            #""autoscaling":{"minReplicas":3,"maxReplicas":2},"resources":{"limits":{"cpu":1}}"#,
            "error spec.autoscaling.minReplicas: 3 is not allowed: must be at most maxReplicas (2)"
        ),
        (
            #""autoscaling":{"maxReplicas":2}"#,
            "warning spec.autoscaling.targetCPUUtilizationPercentage: cannot be measured without resources.requests.cpu"
        ),
        (
            #""replicas":3,"autoscaling":{"maxReplicas":2},"resources":{"requests":{"cpu":1}}"#,
            "warning spec.replicas: is ignored with autoscaling: set autoscaling.minReplicas (1) instead"
        ),
        (#""disruptionBudget":{}"#, "error spec.disruptionBudget: needs one of minAvailable, maxUnavailable"),
        (
            #""disruptionBudget":{"minAvailable":1,"maxUnavailable":1}"#,
            "error spec.disruptionBudget: has minAvailable and maxUnavailable: only one of them is possible"
        ),
        (
            #""disruptionBudget":{"minAvailable":"half"}"#,
            "error spec.disruptionBudget.minAvailable: \"half\" is not allowed: write a number such as 1 or a percentage such as 50%"
        ),
        (#""configFrom":[{"mountPath":"/a"}]"#, "error spec.configFrom[0]: needs one of configMap, secret"),
        (
            #""configFrom":[{"mountPath":"/a","secret":{"name":"S"}}]"#,
            "error spec.configFrom[0].secret.name: \"S\" is not valid: use lower-case letters"
        ),
        (
            #""configFrom":[{"mountPath":"/a/","secret":{"name":"s"}}],"persistentVolumeClaim":{"name":"a","mountPath":"/a"}"#,
            "error spec.configFrom[0].mountPath: \"/a/\" is taken by persistentVolumeClaim: choose another path"
        ),
        (
            #""configFrom":[{"mountPath":"/a","secret":{"name":"s","items":[{"key":"k","path":"/p"}]}}]"#,
            "error spec.configFrom[0].secret.items[0].path: \"/p\" is not allowed: must be relative"
        ),
        (#""podLabels":{"a":"b c"}"#, "error spec.podLabels.a: \"b c\" is not valid: use letters"),
        (
            #""podLabels":{"app.kubernetes.io/name":"x"}"#,
            "warning spec.podLabels[app.kubernetes.io/name]: is set by the operator itself; this value is ignored"
        ),
        (#""serviceAccountName":"A""#, "error spec.serviceAccountName: \"A\" is not valid: use lower-case letters"),
    ])
    func `What is wrong is told once, with its place and what would be right`(_ field: String, _ expected: String)
        throws
    {
        let errors = try Self.check(#"{"webServerImage":"nginx",\#(field)}"#)
        #expect(errors.count == 1)
        #expect(errors.first?.hasPrefix(expected) == true, "\(errors)")
    }

    @Test(arguments: [
        #"{"webServerImage":"nginx"}"#,
        #"{"webServerImage":"nginx","replicas":0,"ingress":{"host":"*.example.com","path":"/x","pathType":"Exact"}}"#,
        #"{"webServerImage":"nginx","replicas":3,"persistentVolumeClaim":{"name":"a","mountPath":"/a"}}"#,
        #"{"webServerImage":"nginx","persistentVolumeClaim":{"name":"a","mountPath":"/a","storageClass":"","size":1000000}}"#,
        #"{"webServerImage":"nginx","disruptionBudget":{"maxUnavailable":"25%"},"port":null}"#,
        #"{"webServerImage":"nginx","ingress":{"path":"/a//b","pathType":"ImplementationSpecific"}}"#,
    ])
    func `What is right is left in peace`(_ spec: String) throws {
        #expect(try Self.check(spec).isEmpty)
    }

    @Test(arguments: ["1web", "Web", "a.b", "-", String(repeating: "a", count: 64)])
    func `A name that no Service can have is refused`(_ name: String) throws {
        let errors = try Self.check(#"{"webServerImage":"nginx"}"#, name: name)
        #expect(errors.count == 1)
        #expect(errors.first?.hasPrefix("error metadata.name: ") == true)
        #expect(errors.first?.hasSuffix("the Service gets this name") == true)
    }

    @Test func `Another kind, misspelt metadata and a missing spec are told together`() throws {
        let manifest: JSONValue = ["apiVersion": "v1", "kind": "Webserver", "metadata": ["name": "a", "lables": [:]]]
        let (webServer, errors) = try WebServer.check(manifest)
        #expect(webServer == nil)
        #expect(
            errors.map(\.description) == [
                "apiVersion: must be web.phys.app/v1alpha1", "kind: must be WebServer",
                "metadata.lables: is unknown: did you mean labels?",
                "spec: is required: What the web server should be like.",
            ]
        )
    }

    @Test func `An object saved from a cluster is a good manifest`() throws {
        let manifest = try JSONValue(
            parsing: """
                {"apiVersion": "web.phys.app/v1alpha1", "kind": "WebServer", "metadata": {"name": "a", "namespace": "b", "uid": "x",
                "resourceVersion": "5", "generation": 2, "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{"manager": "m"}]},
                "spec": {"webServerImage": "nginx", "replicas": 1}, "status": {"replicas": 1, "conditions": [{"type": "Ready",
                "status": "True", "reason": "", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
                """
        )
        let (webServer, errors) = try WebServer.check(manifest)
        #expect(errors.isEmpty)
        #expect(webServer?.metadata.generation == 2)
    }
}

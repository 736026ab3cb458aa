import JSON
import KubeModel
import Testing

@testable import SwiftletAPI

struct WebServerDecodingTests {
    private static func webServer(_ spec: JSONValue, status: JSONValue? = nil) throws -> WebServer {
        var object: JSONValue = [
            "metadata": ["namespace": "default", "name": "web", "resourceVersion": "7"], "spec": spec,
        ]
        object["status"] = status
        return try WebServer(object)
    }

    @Test func `What a manifest leaves out has its default`() throws {
        let spec = try Self.webServer([
            "webServerImage": "nginx", "ingress": [:], "persistentVolumeClaim": ["name": "a", "mountPath": "/a"],
            "autoscaling": ["maxReplicas": 3], "configFrom": [["configMap": ["name": "c"], "mountPath": "/c"]],
        ]).spec
        #expect(spec.replicas == 1)
        #expect(spec.port == 80)
        #expect(!spec.paused)
        #expect(spec.service == ServiceSection())
        #expect(spec.service.type == .clusterIP)
        #expect(spec.service.port == 80)
        #expect(spec.ingress?.path == "/")
        #expect(spec.ingress?.pathType == .prefix)
        #expect(spec.persistentVolumeClaim?.createIfNotExists == false)
        #expect(spec.persistentVolumeClaim?.size == ResourceQuantity("1Gi"))
        #expect(spec.persistentVolumeClaim?.accessModes == [.readWriteOnce])
        #expect(spec.persistentVolumeClaim?.readOnly == false)
        #expect(spec.autoscaling?.minReplicas == 1)
        #expect(spec.autoscaling?.targetCPUUtilizationPercentage == 80)
        #expect(spec.configFrom.first?.readOnly == true)
        #expect(spec.configFrom.first?.configMap?.optional == false)
        #expect(spec.effectiveReadinessProbe.json == ["httpGet": ["path": "/", "port": 80]])
    }

    @Test func `Zero replicas stay zero, and an autoscaler takes them over`() throws {
        var spec = try Self.webServer(["webServerImage": "nginx", "replicas": 0]).spec
        #expect(spec.fixedReplicas == 0)
        spec.autoscaling = AutoscalingSection(maxReplicas: 2)
        #expect(spec.fixedReplicas == nil)
    }

    @Test func `A decoded minimal spec equals a made one`() throws {
        #expect(try Self.webServer(["webServerImage": "nginx"]).spec == WebServerSpec(webServerImage: "nginx"))
    }

    @Test func `Parts of the pod template come through unchanged`() throws {
        let env: JSONValue = [["name": "A", "value": "b", "fieldOfTheFuture": ["x": [1, 2.5, .null]]]]
        let affinity: JSONValue = ["nodeAffinity": ["anything": true]]
        let spec = try Self.webServer(["webServerImage": "nginx", "env": env, "affinity": affinity, "args": ["-v"]])
            .spec
        #expect(spec.env?.map(\.json) == env.arrayValue)
        #expect(spec.affinity?.json == affinity)
        #expect(spec.args == ["-v"])
        #expect(spec.command == nil)
    }

    @Test(arguments: [
        (#"{"webServerImage":"a","port":"80"}"#, "spec.port: expected integer, found string"),
        (#"{}"#, "spec.webServerImage: Required value"),
        (#"[]"#, "spec: expected object, found array"),
        (#"null"#, "spec: Required value"),
        (
            #"{"webServerImage":"a","service":{"type":"X"}}"#,
            #"spec.service.type: "X" is not one of "ClusterIP", "NodePort", "LoadBalancer""#
        ),
        (#"{"webServerImage":"a","configFrom":[{}]}"#, "spec.configFrom[0].mountPath: Required value"),
        (
            #"{"webServerImage":"a","disruptionBudget":{"minAvailable":true}}"#,
            "spec.disruptionBudget.minAvailable: expected integer or string, found boolean"
        ),
    ])
    func `A WebServer that does not decode is named with its field`(_ spec: String, _ expected: String) throws {
        let spec = try JSONValue(parsing: spec)
        #expect {
            try Self.webServer(spec)
        } throws: { error in
            "\(error)" == "WebServer default/web: \(expected)"
        }
    }

    @Test(arguments: ["", "[]", "{", #"{"metadata":{"name":3}}"#, #"{"spec":{"webServerImage":"a"#])
    func `Bytes that are no object are an error`(_ text: String) {
        #expect(throws: JSONError.self) {
            var reader = JSONReader(Array(text.utf8))
            _ = try WebServer(json: &reader)
        }
    }

    @Test func `An object without a name is refused`() {
        #expect(throws: ObjectError.self) { try WebServer(["spec": ["webServerImage": "nginx"]]) }
    }

    @Test func `Reading stops behind the object, so that items of a list can be read one by one`() throws {
        let text =
            #"[{"spec":{"webServerImage":"a"},"metadata":{"name":"x"}},{"metadata":{"name":"y"},"spec":{"webServerImage":"b"}}]"#
        var reader = JSONReader(Array(text.utf8))
        var names: [String] = []
        try reader.beginArray()
        while try reader.nextElement() { names.append(try WebServer(json: &reader).key.name) }
        try reader.finish()
        #expect(names == ["x", "y"])
    }

    @Test func `A status comes back as it was written`() throws {
        var status = WebServerStatus()
        status.observedGeneration = 3
        status.replicas = 2
        status.readyReplicas = 1
        status.selector = "a=b"
        status.url = "http://phys.app/"
        status.conditions = [
            Condition(
                type: "Ready",
                status: .no,
                reason: "Progressing",
                message: "1 of 2 pods",
                observedGeneration: 3,
                lastTransitionTime: Timestamp(secondsSinceEpoch: 1_000)
            )
        ]
        let read = try Self.webServer(["webServerImage": "nginx"], status: status.json())
        #expect(read.status == status)
        #expect(try status.json()["readyReplicas"] == 1)
        #expect(try status.json()[path: "conditions"]?[0]?["lastTransitionTime"] == "1970-01-01T00:16:40Z")
    }

    @Test func `There is no status until one was written`() throws {
        #expect(try Self.webServer(["webServerImage": "nginx"]).status == nil)
        #expect(try Self.webServer(["webServerImage": "nginx"], status: nil).status == nil)
        #expect(try Self.webServer(["webServerImage": "nginx"], status: [:]).status == WebServerStatus())
    }
}

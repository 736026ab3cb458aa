import JSON
import KubeApply
import KubeModel
import Testing

struct ApplyPredictionTests {
    /// A live Deployment whose listed fields (in `fieldsV1` form) the manager `us` owns.
    private func live(_ spec: JSONValue, owned: JSONValue, others: JSONValue? = nil) -> DynamicObject {
        var entries: [JSONValue] = [
            ["manager": "us", "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": ["f:spec": owned]]
        ]
        if let others {
            entries.append([
                "manager": "them", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": ["f:spec": others],
            ])
        }
        return DynamicObject([
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["managedFields": .array(entries)], "spec": spec,
        ])
    }

    private func predicted(_ intent: JSONValue, on live: DynamicObject) -> JSONValue? {
        let intent = DynamicObject(["apiVersion": "apps/v1", "kind": "Deployment", "spec": intent])
        return ApplyPrediction.result(of: intent, on: live, manager: "us").value["spec"]
    }

    @Test func withNothingThereTheIntentIsTheResult() {
        let intent = DynamicObject(["kind": "Deployment", "spec": ["replicas": 1]])
        #expect(ApplyPrediction.result(of: intent, on: nil, manager: "us") == intent)
    }

    @Test func aFieldGivenUpGoesAndAnothersStays() {
        let live = live(
            ["replicas": 2, "paused": true, "minReadySeconds": 5],
            owned: ["f:replicas": [:], "f:paused": [:]]
        )
        #expect(predicted(["paused": true], on: live) == ["paused": true, "minReadySeconds": 5])
    }

    @Test func aFieldGivenUpThatSomebodyElseOwnsTooStays() {
        let live = live(["replicas": 2], owned: ["f:replicas": [:]], others: ["f:replicas": [:]])
        #expect(predicted([:], on: live) == ["replicas": 2])
    }

    @Test func anElementGivenUpGoesWithItsDefaults() {
        let containers: JSONValue = [
            ["name": "a", "image": "x", "imagePullPolicy": "Always"], ["name": "b", "image": "y"],
        ]
        let owned: JSONValue = [
            "f:template": [
                "f:spec": ["f:containers": ["k:{\"name\":\"a\"}": [".": [:], "f:image": [:], "f:name": [:]]]]
            ]
        ]
        let live = live(["template": ["spec": ["containers": containers]]], owned: owned)
        let result = predicted(["template": ["spec": ["containers": []]]], on: live)
        #expect(result?[path: "template", "spec", "containers"] == [["name": "b", "image": "y"]])
    }

    @Test func elementsMergeByTheirKeysAndForeignOnesStay() {
        let live = live(
            [
                "template": [
                    "spec": ["containers": [["name": "x", "image": "1"], ["name": "a", "image": "1", "tty": true]]]
                ]
            ],
            owned: [:]
        )
        let result = predicted(["template": ["spec": ["containers": [["name": "a", "image": "2"]]]]], on: live)
        #expect(
            result?[path: "template", "spec", "containers"]
                == [["name": "a", "image": "2", "tty": true], ["name": "x", "image": "1"]]
        )
    }

    @Test(arguments: [("ClusterIP", false), ("NodePort", true)])
    func aServiceThatIsNoLongerExposedLosesWhatTheServerHadChosenForThat(type: String, isKept: Bool) {
        func service(_ spec: JSONValue) -> DynamicObject {
            DynamicObject(["apiVersion": "v1", "kind": "Service", "spec": spec])
        }
        let live = service([
            "type": "LoadBalancer", "externalTrafficPolicy": "Cluster", "healthCheckNodePort": 31000,
            "ports": [["port": 80, "protocol": "TCP", "nodePort": 30000]],
        ])
        let intent = service(["type": .string(type), "ports": [["port": 80, "protocol": "TCP"]]])
        let result = ApplyPrediction.result(of: intent, on: live, manager: "us").value["spec"]
        #expect((result?["externalTrafficPolicy"] != nil) == isKept)
        #expect((result?["healthCheckNodePort"] != nil) == isKept)
        #expect((result?["ports"]?[0]?["nodePort"] != nil) == isKept)
        #expect(result?["type"] == .string(type))
    }

    @Test func anEqualAmountKeepsTheServersSpelling() {
        func spec(_ cpu: JSONValue) -> JSONValue {
            ["template": ["spec": ["containers": [["name": "a", "resources": ["limits": ["cpu": cpu]]]]]]]
        }
        #expect(predicted(spec("1000m"), on: live(spec("1"), owned: [:])) == spec("1"))
        #expect(predicted(spec("1500m"), on: live(spec("1"), owned: [:])) == spec("1500m"))
    }
}

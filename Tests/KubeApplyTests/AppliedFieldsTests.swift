import JSON
import KubeApply
import KubeModel
import Testing

struct AppliedFieldsTests {
    private func difference(_ intent: JSONValue, _ observed: JSONValue) -> String? {
        AppliedFields.firstDifference(
            intent: DynamicObject(["apiVersion": "apps/v1", "kind": "Deployment", "spec": intent]),
            observed: DynamicObject(["apiVersion": "apps/v1", "kind": "Deployment", "spec": observed])
        )
    }

    private func pod(_ spec: JSONValue) -> JSONValue { ["template": ["spec": spec]] }

    @Test func whatTheServerAddedIsNoDifference() {
        #expect(difference(["replicas": 2], ["replicas": 2, "revisionHistoryLimit": 10]) == nil)
        #expect(
            difference(
                pod(["containers": [["name": "web", "ports": [["containerPort": 80, "protocol": "TCP"]]]]]),
                pod([
                    "containers": [
                        ["name": "sidecar"],
                        [
                            "name": "web", "image": "x",
                            "ports": [["containerPort": 80, "protocol": "TCP", "name": "http"]],
                        ],
                    ]
                ])
            ) == nil
        )
    }

    @Test(
        arguments: [
            (["replicas": 2], ["replicas": 3], "spec.replicas"), (["replicas": 2], [:], "spec.replicas"),
            (
                ["template": ["spec": ["containers": [["name": "a"]]]]],
                ["template": ["spec": ["containers": [["name": "b"]]]]],
                "spec.template.spec.containers"
            ),
            (
                ["template": ["spec": ["containers": [["name": "a", "args": ["x", "y"]]]]]],
                ["template": ["spec": ["containers": [["name": "a", "args": ["y", "x"]]]]]],
                "spec.template.spec.containers.args"
            ),
            (["selector": ["matchLabels": ["a": "b"]]], ["selector": [:]], "spec.selector.matchLabels"),
        ] as [(JSONValue, JSONValue, String)]
    )
    func namesTheFieldThatDiffers(intent: JSONValue, observed: JSONValue, path: String) {
        #expect(difference(intent, observed) == path)
    }

    @Test func aZeroThatGoLeavesOutIsNoDifference() {
        let intent = pod([
            "containers": [["name": "a", "env": [["name": "X", "value": ""]], "stdin": false]], "securityContext": [:],
        ])
        #expect(difference(intent, pod(["containers": [["name": "a", "env": [["name": "X"]]]]])) == nil)
        #expect(difference(["replicas": 0], ["replicas": 1]) == "spec.replicas")
    }

    @Test(arguments: [("1000m", "1", true), ("0.5", "500m", true), ("1Gi", "1024Mi", true), ("1G", "1Gi", false)])
    func quantitiesAreComparedAsAmounts(intent: String, observed: String, agree: Bool) {
        func resources(_ amount: String) -> JSONValue {
            pod(["containers": [["name": "a", "resources": ["limits": ["cpu": .string(amount)]]]]])
        }
        #expect((difference(resources(intent), resources(observed)) == nil) == agree)
    }

    @Test func textThatOnlyLooksLikeAQuantityIsComparedAsText() {
        #expect(
            difference(
                ["template": ["metadata": ["labels": ["a": "1000m"]]]],
                ["template": ["metadata": ["labels": ["a": "1"]]]]
            ) != nil
        )
    }

    @Test func theVersionAnObjectWasReadInDoesNotMatter() {
        let intent = DynamicObject(["apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget"])
        let observed = DynamicObject(["apiVersion": "policy/v1", "kind": "PodDisruptionBudget"])
        #expect(AppliedFields.firstDifference(intent: intent, observed: observed) == nil)
    }
}

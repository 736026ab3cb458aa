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

    /// Whatever others add to what selects changes what it selects.
    @Test(
        arguments: [
            (
                ["selector": ["matchLabels": ["a": "b"]]], ["selector": ["matchLabels": ["a": "b", "canary": "yes"]]],
                "spec.selector.matchLabels.canary"
            ),
            (
                ["selector": ["matchLabels": ["a": "b"]]],
                ["selector": ["matchLabels": ["a": "b"], "matchExpressions": [["key": "c", "operator": "Exists"]]]],
                "spec.selector.matchExpressions"
            ),
            (
                ["template": ["spec": ["nodeSelector": ["a": "b"]]]],
                ["template": ["spec": ["nodeSelector": ["a": "b", "c": "d"]]]], "spec.template.spec.nodeSelector.c"
            ),
            (
                ["template": ["spec": [:]]], ["template": ["spec": ["nodeSelector": ["c": "d"]]]],
                "spec.template.spec.nodeSelector"
            ),
            (
                [
                    "template": [
                        "spec": [
                            "topologySpreadConstraints": [
                                ["topologyKey": "z", "whenUnsatisfiable": "w", "labelSelector": [:]]
                            ]
                        ]
                    ]
                ],
                [
                    "template": [
                        "spec": [
                            "topologySpreadConstraints": [
                                [
                                    "topologyKey": "z", "whenUnsatisfiable": "w",
                                    "labelSelector": ["matchLabels": ["a": "b"]],
                                ]
                            ]
                        ]
                    ]
                ],
                "spec.template.spec.topologySpreadConstraints.labelSelector.matchLabels"
            ),
            (
                [
                    "template": [
                        "spec": [
                            "affinity": [
                                "nodeAffinity": [
                                    "preferredDuringSchedulingIgnoredDuringExecution": [
                                        [
                                            "weight": 1,
                                            "preference": ["matchExpressions": [["key": "a", "operator": "Exists"]]],
                                        ]
                                    ]
                                ]
                            ]
                        ]
                    ]
                ],
                [
                    "template": [
                        "spec": [
                            "affinity": [
                                "nodeAffinity": [
                                    "preferredDuringSchedulingIgnoredDuringExecution": [
                                        [
                                            "weight": 1,
                                            "preference": [
                                                "matchExpressions": [["key": "a", "operator": "Exists"]],
                                                "matchFields": [["key": "b", "operator": "Exists"]],
                                            ],
                                        ]
                                    ]
                                ]
                            ]
                        ]
                    ]
                ],
                "spec.template.spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution.preference.matchFields"
            ),
        ] as [(JSONValue, JSONValue, String)]
    )
    func whatIsAddedToASelectorIsADifference(intent: JSONValue, observed: JSONValue, path: String) {
        #expect(difference(intent, observed) == path)
        // Removing it again is what is wanted.
        #expect(difference(intent, intent) == nil)
    }

    @Test func whatIsAddedToLabelsAndAnnotationsIsNone() {
        func template(_ labels: JSONValue) -> JSONValue {
            ["template": ["metadata": ["labels": labels, "annotations": labels]]]
        }
        #expect(difference(template(["a": "b"]), template(["a": "b", "selector": "c", "nodeSelector": "d"])) == nil)
    }

    @Test(arguments: [(["A", "B"], true), (["A", "X", "B"], true), (["B", "A"], false), (["B", "X", "A"], false)])
    func anotherOrderOfVariablesIsADifference(observed: [String], agree: Bool) {
        func environment(_ names: [String]) -> JSONValue {
            pod(["containers": [["name": "a", "env": .array(names.map { ["name": .string($0)] })]]])
        }
        let found = difference(environment(["A", "B"]), environment(observed))
        #expect(found == (agree ? nil : "spec.template.spec.containers.env"))
    }

    @Test func anotherOrderOfInitContainersIsADifferenceAndOfVolumesNone() {
        func named(_ list: String, _ names: [String]) -> JSONValue {
            pod([list: .array(names.map { ["name": .string($0)] })])
        }
        for list in ["initContainers", "containers"] {
            #expect(difference(named(list, ["a", "b"]), named(list, ["b", "a"])) == "spec.template.spec.\(list)")
        }
        #expect(difference(named("volumes", ["a", "b"]), named("volumes", ["b", "a"])) == nil)
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

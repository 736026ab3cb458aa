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

    private func predicted(_ intent: JSONValue, on live: DynamicObject, minor: Int = 36) -> JSONValue? {
        let intent = DynamicObject(["apiVersion": "apps/v1", "kind": "Deployment", "spec": intent])
        let semantics = ApplySemantics(major: 1, minor: minor)
        return ApplyPrediction.result(of: intent, on: live, manager: "us", semantics: semantics).value["spec"]
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
                == [["name": "x", "image": "1"], ["name": "a", "image": "2", "tty": true]]
        )
    }

    /// The first three rows are those of the servers' own tests of the merge; all results before any correction.
    @Test(
        arguments: [
            ("n", "s", "n s", "n s"), ("a b", "b a", "a b", "b a"), ("a", "b a", "a b", "b a"),
            ("u h", "h u", "u h", "h u"), ("x a y", "b a", "x a y b", "x b a y"), ("a x b", "b a", "a x b", "x b a"),
            ("a b c", "c", "a b c", "a b c"), ("", "a b", "a b", "a b"), ("a b", "", "a b", "a b"),
            ("a b c d", "d e b", "a b c d e", "a c d e b"),
        ]
    )
    func elementsComeInTheOrderOfTheServersGeneration(live: String, intent: String, old: String, new: String) {
        func deployment(_ names: String) -> DynamicObject {
            let list = names.split(separator: " ").map { name -> JSONValue in ["name": .string(String(name))] }
            return DynamicObject([
                "apiVersion": "apps/v1", "kind": "Deployment",
                "spec": ["template": ["spec": ["containers": .array(list)]]],
            ])
        }
        for (minor, expected) in [(20, old), (23, old), (24, new), (36, new)] {
            let merged = ApplyPrediction.merged(
                deployment(intent),
                into: deployment(live),
                manager: "us",
                semantics: ApplySemantics(major: 1, minor: minor)
            )
            #expect(merged == deployment(expected), "1.\(minor)")
        }
    }

    /// Answers of 1.20 and of newer servers, where another manager has added to the map.
    @Test(arguments: [20, 21, 36])
    func aSelectorIsWhatTheIntentSaysOnEveryServer(minor: Int) {
        func spec(_ selector: JSONValue?) -> JSONValue { ["template": ["spec": .compact(["nodeSelector": selector])]] }
        let ours: JSONValue = ["f:template": ["f:spec": ["f:nodeSelector": ["f:disk": [:]]]]]
        let theirs: JSONValue = ["f:template": ["f:spec": ["f:nodeSelector": ["f:zone": [:]]]]]
        let present = live(spec(["disk": "ssd", "zone": "a"]), owned: ours, others: theirs)
        #expect(predicted(spec(["disk": "hdd"]), on: present, minor: minor) == spec(["disk": "hdd"]))
        #expect(predicted(spec(nil), on: present, minor: minor) == spec(nil))
        // Atomic maps have one owner, who may be the other.
        let taken = live(
            spec(["disk": "ssd", "zone": "a"]),
            owned: [:],
            others: ["f:template": ["f:spec": ["f:nodeSelector": [:]]]]
        )
        #expect(predicted(spec(nil), on: taken, minor: minor) == spec(nil))
    }

    @Test(arguments: [(20, true), (21, false)])
    func theServerAloneMergesOrReplacesMapsByItsVersion(minor: Int, merges: Bool) {
        func service(_ selector: JSONValue) -> DynamicObject {
            DynamicObject(["apiVersion": "v1", "kind": "Service", "spec": ["selector": selector]])
        }
        let merged = ApplyPrediction.merged(
            service(["a": "b"]),
            into: service(["c": "d"]),
            manager: "us",
            semantics: ApplySemantics(major: 1, minor: minor)
        )
        #expect(merged == service(merges ? ["a": "b", "c": "d"] : ["a": "b"]))
    }

    @Test(arguments: [(21, true), (22, false)])
    func theServerAloneMergesOrReplacesKeyReferencesByItsVersion(minor: Int, merges: Bool) {
        func variable(_ reference: JSONValue) -> DynamicObject {
            DynamicObject([
                "apiVersion": "apps/v1", "kind": "Deployment",
                "spec": [
                    "template": [
                        "spec": [
                            "containers": [
                                ["name": "a", "env": [["name": "A", "valueFrom": ["secretKeyRef": reference]]]]
                            ]
                        ]
                    ]
                ],
            ])
        }
        let merged = ApplyPrediction.merged(
            variable(["name": "s", "key": "k"]),
            into: variable(["name": "s", "key": "old", "optional": true]),
            manager: "us",
            semantics: ApplySemantics(major: 1, minor: minor)
        )
        let kept: JSONValue = ["name": "s", "key": "k", "optional": true]
        #expect(merged == variable(merges ? kept : ["name": "s", "key": "k"]))
    }

    /// What a server shows of what was applied, measured on 1.20; types have not changed since.
    @Test(
        arguments: [
            (["tolerations": [], "nodeSelector": [:], "imagePullSecrets": []], [:]),
            (["topologySpreadConstraints": []], [:]),
            (
                ["affinity": ["podAntiAffinity": ["preferredDuringSchedulingIgnoredDuringExecution": []]]],
                ["affinity": ["podAntiAffinity": [:]]]
            ),
            (["affinity": [:]], ["affinity": [:]]),
            (
                ["securityContext": ["supplementalGroups": [], "fsGroup": 0, "runAsNonRoot": false]],
                ["securityContext": ["fsGroup": 0, "runAsNonRoot": false]]
            ),
            (
                ["containers": [["name": "a", "command": [], "args": [], "env": [], "envFrom": []]]],
                ["containers": [["name": "a"]]]
            ),
            (
                ["containers": [["name": "a", "env": [["name": "A", "value": ""]]]]],
                ["containers": [["name": "a", "env": [["name": "A"]]]]]
            ),
            (
                ["containers": [["name": "a", "resources": ["requests": [:], "limits": [:]]]]],
                ["containers": [["name": "a", "resources": [:]]]]
            ),
            (
                [
                    "containers": [
                        [
                            "name": "a",
                            "livenessProbe": ["initialDelaySeconds": 0, "httpGet": ["host": "", "httpHeaders": []]],
                        ]
                    ]
                ], ["containers": [["name": "a", "livenessProbe": ["httpGet": [:]]]]]
            ),
            (
                [
                    "containers": [
                        ["name": "a", "livenessProbe": ["httpGet": ["httpHeaders": [["name": "H", "value": ""]]]]]
                    ]
                ],
                [
                    "containers": [
                        ["name": "a", "livenessProbe": ["httpGet": ["httpHeaders": [["name": "H", "value": ""]]]]]
                    ]
                ]
            ),
            (
                [
                    "containers": [
                        [
                            "name": "a",
                            "securityContext": ["privileged": false, "capabilities": ["drop": ["ALL"], "add": []]],
                        ]
                    ]
                ],
                [
                    "containers": [
                        ["name": "a", "securityContext": ["privileged": false, "capabilities": ["drop": ["ALL"]]]]
                    ]
                ]
            ),
            (
                [
                    "containers": [
                        ["name": "a", "volumeMounts": [["mountPath": "/a", "readOnly": false, "subPath": ""]]]
                    ]
                ], ["containers": [["name": "a", "volumeMounts": [["mountPath": "/a"]]]]]
            ),
            (["nodeSelector": ["a": ""]], ["nodeSelector": ["a": ""]]),
            (
                ["tolerations": [["key": "", "operator": "Exists", "tolerationSeconds": 0]]],
                ["tolerations": [["operator": "Exists", "tolerationSeconds": 0]]]
            ),
        ] as [(JSONValue, JSONValue)]
    )
    func whatIsZeroIsShownAsTheServerStoresIt(intent: JSONValue, stored: JSONValue) {
        func spec(_ pod: JSONValue) -> JSONValue { ["template": ["spec": pod]] }
        for minor in [20, 36] {
            // Both new and beside what is there.
            let present = live(spec(["hostname": "x"]), owned: [:])
            var expected = stored
            expected["hostname"] = "x"
            #expect(predicted(spec(intent), on: present, minor: minor) == spec(expected))
            #expect(predicted(spec(intent), on: live(spec(stored), owned: [:]), minor: minor) == spec(stored))
        }
        let new = DynamicObject(["apiVersion": "apps/v1", "kind": "Deployment", "spec": spec(intent)])
        #expect(ApplyPrediction.result(of: new, on: nil, manager: "us").value["spec"] == spec(stored))
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

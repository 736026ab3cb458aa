import JSON
import KubeModel
import SwiftletAPI
import Testing
import WebServers

@testable import KubeRuntime
@testable import Operator

/// Which WebServers are looked at again when something changes.
struct WebServerWakeUpTests {
    /// Runs `body` with an operator that nothing feeds, and that looks at nothing by itself.
    private static func withOperator(
        _ time: TimeSource = .system,
        _ body: (WebServerOperator) async throws -> Void
    ) async throws {
        try await ScriptedAPI.serve({ _ in ScriptedAPI.Answer() }) { client, _ in
            let webServers = WebServerOperator(
                client: client,
                served: .current,
                namespaces: [],
                workers: 1,
                events: EventRecorder(
                    sink: KubeEventSink(client: client),
                    reporter: EventReporter(controller: "tests", instance: "tests"),
                    metrics: PrometheusRegistry(),
                    logger: TestCluster.silent
                ),
                time: time,
                metrics: PrometheusRegistry(),
                logger: TestCluster.silent
            )
            try await body(webServers)
        }
    }

    /// Those that are due, which are not any more then.
    private static func woken(_ webServers: WebServerOperator) async -> [String] {
        let queue = webServers.controller.queue
        // Makes ready what is due.
        queue.drop(ObjectKey(namespace: "", name: "none"))
        var names: [String] = []
        while queue.figures.depth.values.contains(where: { $0 > 0 }), let item = await queue.next() {
            names.append(item.key.name)
            queue.finish(item.key, .success(after: nil), worked: .zero)
        }
        return names.sorted()
    }

    private static func read<Object: WireObject>(_ object: JSONValue) throws -> Object {
        var reader = JSONReader(object.encoded())
        return try Object(json: &reader)
    }

    private static func ingressClass(_ name: String, isDefault: Bool, version: Int64 = 1) throws -> IngressClassObject {
        let annotations = isDefault ? [IngressClassObject.defaultAnnotation: "true"] : [:]
        return try read([
            "metadata": [
                "name": .string(name), "uid": .string("uid-of-\(name)"), "resourceVersion": .string("\(version)"),
                "annotations": .strings(annotations),
            ]
        ])
    }

    @Test func aChangeOfTheDefaultClassConcernsAllThatHaveARival() async throws {
        try await Self.withOperator { webServers in
            let stores = webServers.stores
            for (name, ingress) in [
                ("plain", ["host": "phys.app"]), ("inside", ["host": "phys.app", "ingressClass": "internal"]),
                ("alone", ["host": "alone.app"]), ("named", ["host": "named.app", "ingressClass": "external"]),
            ] as [(String, JSONValue)] {
                stores.webServers.put(try Self.read(AdmissionSample.webServer(["ingress": ingress], name: name)))
            }
            _ = await Self.woken(webServers)

            stores.ingressClasses.put(try Self.ingressClass("external", isDefault: false))
            #expect(await Self.woken(webServers) == ["named"])
            stores.ingressClasses.put(try Self.ingressClass("external", isDefault: true, version: 2))
            #expect(await Self.woken(webServers) == ["inside", "named", "plain"])
            stores.ingressClasses.put(try Self.ingressClass("internal", isDefault: true))
            #expect(await Self.woken(webServers) == ["inside", "plain"])
            stores.ingressClasses.delete(try Self.ingressClass("internal", isDefault: true, version: 3))
            #expect(await Self.woken(webServers) == ["inside", "plain"])
        }
    }

    /// A pod of a WebServer in some state.
    private static func pod(_ name: String, of webServer: String, _ status: JSONValue, version: Int64) throws
        -> PodObject
    {
        try read([
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": .string("uid-of-\(name)"),
                "resourceVersion": .string("\(version)"), "labels": ["app.kubernetes.io/instance": .string(webServer)],
            ],
            "status": status,
        ])
    }

    private static func waiting(_ reason: String) -> JSONValue {
        [
            "conditions": [["type": "Ready", "status": "False"]],
            "containerStatuses": [["name": "web", "state": ["waiting": ["reason": .string(reason)]]]],
        ]
    }

    private static let ready: JSONValue = ["conditions": [["type": "Ready", "status": "True"]]]

    @Test func aPodInTroubleThatGoesFromOneToAnotherConcernsBoth() async throws {
        func pod(of webServer: String, version: Int64) throws -> PodObject {
            try Self.pod("pod", of: webServer, Self.waiting("ImagePullBackOff"), version: version)
        }
        try await Self.withOperator { webServers in
            for name in ["one", "other"] {
                webServers.stores.webServers.put(try Self.read(AdmissionSample.webServer([:], name: name)))
            }
            _ = await Self.woken(webServers)
            webServers.stores.pods.put(try pod(of: "unknown", version: 1))
            #expect(await Self.woken(webServers) == [])
            webServers.stores.pods.put(try pod(of: "one", version: 2))
            #expect(await Self.woken(webServers) == ["one"])
            webServers.stores.pods.put(try pod(of: "other", version: 3))
            #expect(await Self.woken(webServers) == ["one", "other"])
            webServers.stores.pods.delete(try pod(of: "other", version: 4))
            #expect(await Self.woken(webServers) == ["other"])
        }
    }

    /// Only the first trouble is told, and what every pod goes through is none.
    @Test func podsWakeNobodyUnlessWhatIsToldOfThemChanges() async throws {
        try await Self.withOperator { webServers in
            webServers.stores.webServers.put(try Self.read(AdmissionSample.webServer([:], name: "web")))
            _ = await Self.woken(webServers)
            var version: Int64 = 0
            func put(_ name: String, _ status: JSONValue) async throws -> [String] {
                version += 1
                webServers.stores.pods.put(try Self.pod(name, of: "web", status, version: version))
                return await Self.woken(webServers)
            }
            for status in [[:], Self.waiting("ContainerCreating"), Self.waiting("PodInitializing"), Self.ready] {
                #expect(try await put("b", status) == [])
            }
            #expect(try await put("c", Self.waiting("ErrImagePull")) == ["web"])
            #expect(try await put("c", Self.waiting("ErrImagePull")) == [])
            #expect(try await put("d", Self.waiting("ErrImagePull")) == [], "another is told of")
            #expect(try await put("b", Self.waiting("CrashLoopBackOff")) == ["web"])
            #expect(try await put("c", Self.ready) == [])
            #expect(try await put("b", Self.ready) == ["web"])
            webServers.stores.pods.delete(try Self.pod("c", of: "web", [:], version: 90))
            #expect(await Self.woken(webServers) == [])
            webServers.stores.pods.delete(try Self.pod("d", of: "web", [:], version: 91))
            #expect(await Self.woken(webServers) == ["web"])
        }
    }

    private static func child(
        spec: JSONValue = ["replicas": 4],
        annotations: [String: String] = [:],
        status: JSONValue,
        version: Int64
    ) throws -> ChildObject {
        try read([
            "metadata": [
                "name": "web", "namespace": "shop", "uid": "uid-of-child", "resourceVersion": .string("\(version)"),
                "generation": 1, "annotations": .strings(annotations),
                "ownerReferences": [
                    [
                        "apiVersion": .string(WebServer.resource.apiVersion), "kind": "WebServer", "name": "web",
                        "uid": "1", "controller": true,
                    ]
                ],
            ],
            "spec": spec, "status": status,
        ])
    }

    private static func counts(_ updated: Int64, _ available: Int64, of replicas: Int64, isAvailable: Bool = true)
        -> JSONValue
    {
        [
            "observedGeneration": 1, "replicas": .int(replicas), "updatedReplicas": .int(updated),
            "readyReplicas": .int(available), "availableReplicas": .int(available),
            "conditions": [["type": "Available", "status": .string(isAvailable ? "True" : "False")]],
        ]
    }

    @Test func whatTurnsAConditionIsToldAtOnceAndProgressSoon() async throws {
        let time = VirtualTime()
        try await Self.withOperator(time.source) { webServers in
            webServers.stores.webServers.put(try Self.read(AdmissionSample.webServer([:], name: "web")))
            let deployments = try #require(webServers.stores.children[.deployment])
            deployments.put(try Self.child(status: Self.counts(4, 4, of: 4), version: 1))
            _ = await Self.woken(webServers)
            var version: Int64 = 1
            func put(
                _ status: JSONValue,
                spec: JSONValue = ["replicas": 4],
                annotations: [String: String] = [:]
            ) async throws -> [String] {
                version += 1
                deployments.put(
                    try Self.child(spec: spec, annotations: annotations, status: status, version: version)
                )
                return await Self.woken(webServers)
            }
            #expect(try await put(Self.counts(1, 3, of: 4)) == ["web"], "it is not rolled out any more")
            #expect(try await put(Self.counts(2, 3, of: 4)) == [])
            #expect(try await put(Self.counts(3, 3, of: 4)) == [])
            time.advance(by: .milliseconds(1999))
            #expect(await Self.woken(webServers) == [])
            time.advance(by: .milliseconds(1))
            #expect(await Self.woken(webServers) == ["web"])
            #expect(try await put(Self.counts(3, 2, of: 4, isAvailable: false)) == ["web"])
            #expect(try await put(Self.counts(3, 3, of: 4)) == ["web"])
            #expect(try await put(Self.counts(3, 4, of: 5)) == [])
            #expect(try await put(Self.counts(4, 4, of: 4)) == ["web"], "nobody waits for the end")
            #expect(try await put(Self.counts(4, 4, of: 4)) == [])
            time.advance(by: .seconds(10))
            #expect(await Self.woken(webServers) == [], "what ran meanwhile has told the rest")
            // Somebody changes the object itself.
            #expect(try await put(Self.counts(4, 4, of: 4), spec: ["replicas": 5]) == ["web"])
            #expect(
                try await put(Self.counts(4, 4, of: 4), spec: ["replicas": 5], annotations: ["a": "b"]) == ["web"]
            )
        }
    }

    @Test(arguments: [
        (ChildRole.service, []), (.autoscaler, []), (.disruptionBudget, []), (.ingress, ["web"]),
    ])
    func statusesThatAreNotLookedAtWakeNobody(role: ChildRole, woken: [String]) async throws {
        try await Self.withOperator { webServers in
            webServers.stores.webServers.put(try Self.read(AdmissionSample.webServer([:], name: "web")))
            let store = try #require(webServers.stores.children[role])
            store.put(try Self.child(status: ["x": 1], version: 1))
            _ = await Self.woken(webServers)
            store.put(try Self.child(status: ["x": 2], version: 2))
            #expect(await Self.woken(webServers) == woken)
            store.put(try Self.child(spec: ["x": 1], status: ["x": 2], version: 3))
            #expect(await Self.woken(webServers) == ["web"])
            store.delete(try Self.child(status: ["x": 2], version: 4))
            #expect(await Self.woken(webServers) == ["web"])
        }
    }

    /// The status of a Deployment of 200 replicas changes with each of its pods.
    @Test func aRolloutOf200ReplicasCausesSome30ReconcilesAndEndsAtOnce() async throws {
        let time = VirtualTime()
        try await Self.withOperator(time.source) { webServers in
            webServers.stores.webServers.put(try Self.read(AdmissionSample.webServer([:], name: "web")))
            let deployments = try #require(webServers.stores.children[.deployment])
            let spec: JSONValue = ["replicas": 200]
            deployments.put(try Self.child(spec: spec, status: Self.counts(200, 200, of: 200), version: 1))
            _ = await Self.woken(webServers)
            var (reconciles, events, version) = (0, 0, Int64(1))
            func next() -> Int64 {
                version += 1
                events += 1
                return version
            }
            // Three pods a second, each created, started, ready, and an old one gone: with what the Deployment says each time.
            for pod in 1...200 as ClosedRange<Int64> {
                let steps: [(pod: JSONValue, deployment: JSONValue)] = [
                    ([:], Self.counts(pod, 199, of: 201)),
                    (Self.waiting("ContainerCreating"), Self.counts(pod, 199, of: 201)),
                    (Self.ready, Self.counts(pod, 200, of: 201)),
                    (Self.ready, pod == 200 ? Self.counts(200, 200, of: 200) : Self.counts(pod, 200, of: 200)),
                ]
                for step in steps {
                    time.advance(by: .milliseconds(75))
                    webServers.stores.pods.put(try Self.pod("new-\(pod)", of: "web", step.pod, version: next()))
                    deployments.put(try Self.child(spec: spec, status: step.deployment, version: next()))
                    let woken = await Self.woken(webServers)
                    reconciles += woken.count
                    if version == 1 + 200 * 8 { #expect(woken == ["web"], "nobody waits for the end") }
                }
            }
            #expect(events == 1600)
            #expect((20...40).contains(reconciles), "\(reconciles)")
        }
    }
}

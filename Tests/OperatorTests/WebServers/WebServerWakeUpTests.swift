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
    private static func withOperator(_ body: (WebServerOperator) async throws -> Void) async throws {
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
                time: .system,
                metrics: PrometheusRegistry(),
                logger: TestCluster.silent
            )
            try await body(webServers)
        }
    }

    /// Those that are due, which are not any more then.
    private static func woken(_ webServers: WebServerOperator) async -> [String] {
        let queue = webServers.controller.queue
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

    @Test func aPodThatGoesFromOneToAnotherConcernsBoth() async throws {
        func pod(of webServer: String, version: Int64) throws -> PodObject {
            try Self.read([
                "metadata": [
                    "name": "pod", "namespace": "shop", "uid": "1", "resourceVersion": .string("\(version)"),
                    "labels": ["app.kubernetes.io/instance": .string(webServer)],
                ]
            ])
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
}

import Dataplanes
import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import Testing
import WebServers

@testable import Operator

/// What is made of a cluster that does not tell everything.
struct MeshObjectsTests {
    /// A cluster whose user may not list some kinds, at least not those of all namespaces.
    private struct Guarded: ClusterState {
        var inner: ManifestState
        var forbidden: Set<GroupKind> = []
        var perNamespace: Set<GroupKind> = []

        func object(_ resource: APIResource, _ key: ObjectKey) async -> DynamicObject? {
            await inner.object(resource, key)
        }

        func objects(
            _ resource: APIResource,
            namespace: String?,
            matching selector: LabelSelector
        ) async -> [DynamicObject]? {
            if forbidden.contains(resource.groupKind) { return nil }
            if perNamespace.contains(resource.groupKind), namespace == nil { return nil }
            return await inner.objects(resource, namespace: namespace, matching: selector)
        }

        func servedKinds() async -> ServedKinds { .current }
    }

    private static let kinds: [APIResource] = [
        .pods, .services, .namespaces, .nodes, Mesh.resource, TrafficRoute.resource,
    ]

    private func served(without missing: [APIResource] = []) -> ServedResources {
        ServedResources(
            Self.kinds.filter { !missing.contains($0) }.map {
                ServedResource(resource: $0, verbs: ["list"])
            }
        )
    }

    @Test func whatIsNotInstalledIsNotThere() async throws {
        let state = Guarded(inner: MeshScene.shop().state)
        let objects = try await MeshObjects.read(from: state, served: served(without: [TrafficRoute.resource]))
        #expect(objects.pods.count == 4)
        #expect(objects.notes.count == 1)
        #expect(objects.notes[0].hasPrefix("trafficroutes.kuma.io are not installed in the cluster"))
    }

    @Test func whatMayNotBeListedIsNoted() async throws {
        let state = Guarded(
            inner: MeshScene.shop().state,
            forbidden: [APIResource.nodes.groupKind],
            perNamespace: [APIResource.pods.groupKind]
        )
        let objects = try await MeshObjects.read(from: state, served: served(), fallback: "shop")
        #expect(objects.pods.count == 4)
        #expect(
            objects.notes == [
                "you may not list nodes: they are taken as if there were none",
                "you may not list the pods of all namespaces: only those of shop count",
            ]
        )
    }

    /// A Service without a selector has the pods that somebody's slice names; those that Kubernetes derives say nothing new.
    @Test func slicesOfOthersCount() async throws {
        var scene = MeshScene.shop()
        scene.add([
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": "chosen", "namespace": "shop"],
            "spec": [
                "clusterIP": "10.1.0.9", "clusterIPs": ["10.1.0.9"], "ports": [["port": 80, "targetPort": 8080]],
            ],
        ])
        for (name, manager, pod) in [
            ("mine", "me", "web-1"), ("theirs", "endpointslice-controller.k8s.io", "web-2"),
        ] {
            scene.add([
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                "metadata": [
                    "name": .string(name), "namespace": "shop",
                    "labels": [
                        "kubernetes.io/service-name": "chosen",
                        "endpointslice.kubernetes.io/managed-by": .string(manager),
                    ],
                ],
                "addressType": "IPv4",
                "endpoints": [
                    [
                        "addresses": ["10.2.0.2"],
                        "targetRef": [
                            "kind": "Pod", "name": .string(pod), "namespace": "shop", "uid": .string("uid-of-\(pod)"),
                        ],
                    ]
                ],
            ])
        }
        let objects = try await MeshObjects.read(from: scene.state)
        #expect(objects.notes == [])
        #expect(objects.slices.map(\.key.name) == ["mine"])
        let inspection = DataplaneInspection(objects, options: InspectionOptions())
        let names = inspection.dataplanes.filter { $0.callerName.contains("chosen_shop_svc_80") }.map(\.key.name)
        #expect(names == ["web-1"])
    }

    @Test func anObjectThatCannotBeReadHidesNoOther() async throws {
        var scene = MeshScene.shop()
        scene.add([
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "odd", "namespace": "shop", "labels": "none"],
            "status": ["phase": "Running"],
        ])
        let objects = try await MeshObjects.read(from: scene.state)
        #expect(objects.pods.count == 4)
        #expect(objects.notes.count == 1 && objects.notes[0].hasPrefix("pods shop/odd cannot be read"))
    }
}

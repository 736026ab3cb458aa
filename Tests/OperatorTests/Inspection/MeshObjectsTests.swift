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

    @Test func anObjectThatCannotBeReadHidesNoOther() async throws {
        var scene = MeshScene.shop()
        scene.add([
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "odd", "namespace": "shop", "labels": "none"],
        ])
        let objects = try await MeshObjects.read(from: scene.state)
        #expect(objects.pods.count == 4)
        #expect(objects.notes.count == 1 && objects.notes[0].hasPrefix("pods shop/odd cannot be read"))
    }
}

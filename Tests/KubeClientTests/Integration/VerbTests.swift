import JSON
import KubeModel
import Testing

@testable import KubeClient

@Suite(RealCluster.isThere) struct VerbTests {
    private static func configMap(_ namespace: String, _ name: String, _ data: [String: String]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["namespace": .string(namespace), "name": .string(name)],
            "data": .strings(data),
        ]
    }

    @Test func everyVerbWorksOnAConfigMap() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let key = ObjectKey(namespace: namespace, name: "c")
            let created = try await client.create(.configMaps, Self.configMap(namespace, "c", ["a": "1"]))
            let found = try await client.get(.configMaps, key)
            #expect(found == created)
            let again = await #expect(throws: KubeError.self) {
                try await client.create(.configMaps, Self.configMap(namespace, "c", [:]))
            }
            #expect(again?.isAlreadyExists == true)

            var changed = created
            changed[path: "data", "a"] = "2"
            let updated = try await client.update(.configMaps, changed)
            #expect(updated[path: "data", "a"] == "2")
            let stale = await #expect(throws: KubeError.self) { try await client.update(.configMaps, changed) }
            #expect(stale?.isConflict == true)

            let merged = try await client.patch(.configMaps, key, .merge(["data": ["b": "3", "a": .null]]))
            #expect(merged["data"] == ["b": "3"])
            let guarded = JSONPatchOperation.test(path: "/data/b", value: "4")
            let refused = await #expect(throws: KubeError.self) {
                try await client.patch(.configMaps, key, .json([guarded, .remove(path: "/data")]))
            }
            #expect(refused?.isInvalid == true)

            let read = try await client.get(.configMaps, key, as: ObjectMetaProjection.self)
            #expect(read.key == key)
            let wrong = DeleteOptions(uid: UID("00000000-0000-0000-0000-000000000000"))
            let precondition = await #expect(throws: KubeError.self) {
                try await client.delete(.configMaps, key, options: wrong)
            }
            #expect(precondition?.isConflict == true)
            try await client.delete(.configMaps, key, options: DeleteOptions(uid: read.uid, dryRun: true))
            try await client.delete(
                .configMaps,
                key,
                options: DeleteOptions(uid: read.uid, propagationPolicy: .background)
            )
            let gone = await #expect(throws: KubeError.self) { try await client.get(.configMaps, key) }
            #expect(gone?.isNotFound == true)
        }
    }

    @Test func serverSideApplyTellsConflictsAndTakesOverWhenForced() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let mine = WriteOptions(fieldManager: "mine")
            _ = try await client.apply(.configMaps, Self.configMap(namespace, "c", ["a": "1"]), options: mine)
            let theirs = Self.configMap(namespace, "c", ["a": "2"])
            var options = WriteOptions(fieldManager: "theirs")
            let conflict = await #expect(throws: KubeError.self) {
                try await client.apply(.configMaps, theirs, options: options)
            }
            #expect(conflict?.isConflict == true)
            #expect(conflict?.status?.causes.map(\.field) == [".data.a"])
            options.force = true
            let forced = try await client.apply(.configMaps, theirs, options: options)
            #expect(forced[path: "data", "a"] == "2")
        }
    }

    @Test func aDryRunLeavesNothing() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let options = WriteOptions(fieldManager: "mine", dryRun: true)
            let object = Self.configMap(namespace, "c", ["a": "1"])
            let applied = try await client.apply(.configMaps, object, options: options)
            #expect(applied[path: "metadata", "uid"] != nil)
            _ = try await client.create(.configMaps, object, options: options)
            let gone = await #expect(throws: KubeError.self) {
                try await client.get(.configMaps, ObjectKey(namespace: namespace, name: "c"))
            }
            #expect(gone?.isNotFound == true)
        }
    }

    @Test func customResourcesHaveStatusAndScale() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let definition = CustomKind(client, group: "\(namespace).example.org")
            try await definition.register()
            let resource = definition.resource
            let key = ObjectKey(namespace: namespace, name: "w")
            let object: JSONValue = [
                "apiVersion": .string(resource.apiVersion), "kind": "Widget",
                "metadata": ["namespace": .string(namespace), "name": "w"], "spec": ["replicas": 2],
            ]
            // Just registered: the server asks to come back for a moment, which the client does by itself.
            _ = try await client.apply(resource, object, options: WriteOptions(fieldManager: "mine"))
            let status: Patch = .merge(["status": ["replicas": 2], "spec": ["replicas": 9]])
            _ = try await client.patch(resource, key, status, subresource: "status")
            var scale = try await client.get(resource, key, subresource: "scale")
            #expect(scale["spec"] == ["replicas": 2])
            #expect(scale["status"]?["replicas"] == 2)
            scale[path: "spec", "replicas"] = 5
            _ = try await client.update(resource, scale, subresource: "scale")
            let scaled = try await client.get(resource, key)
            #expect(scaled[path: "spec", "replicas"] == 5)
            // No protobuf for these, yet a projection that reads both works; and their metadata has it.
            var keys: [ObjectKey] = []
            _ = try await client.list(resource, as: Widget.self, options: ListOptions(namespace: namespace)) {
                keys.append(try $0.get().key)
            }
            _ = try await client.list(resource, as: ObjectMetaProjection.self) { keys.append(try $0.get().key) }
            #expect(keys == [key, key])
            try await definition.unregister()
        }
    }
}

/// A kind of its own for one test.
struct CustomKind {
    let client: KubeClient
    let resource: APIResource

    init(_ client: KubeClient, group: String) {
        self.client = client
        resource = APIResource(group: group, version: "v1", kind: "Widget", plural: "widgets")
    }

    /// Registers the kind and waits until the server has accepted its names.
    func register() async throws {
        let schema: JSONValue = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        let version: JSONValue = [
            "name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": schema],
            "subresources": [
                "status": [:],
                "scale": ["specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"],
            ],
        ]
        let definition: JSONValue = [
            "metadata": ["name": .string(key.name)],
            "spec": [
                "group": .string(resource.group), "scope": "Namespaced", "versions": [version],
                "names": [
                    "plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList",
                    "shortNames": ["wdg"],
                ],
            ],
        ]
        _ = try await client.create(.customResourceDefinitions, definition)
        _ = try await eventually("the kind is served") {
            do {
                return try await client.perform("GET", path: resource.path())
            } catch let error as KubeError where error.isNotFound {
                return nil
            }
        }
    }

    func unregister() async throws {
        try await client.delete(.customResourceDefinitions, key)
    }

    private var key: ObjectKey { ObjectKey(namespace: "", name: "widgets.\(resource.group)") }
}

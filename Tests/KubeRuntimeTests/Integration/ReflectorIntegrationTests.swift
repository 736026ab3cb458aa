import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Testing

@Suite(RealCluster.isThere) struct ReflectorIntegrationTests {
    private func key(_ namespace: String, _ name: String) -> ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// A deadline so far from now.
    private func soon(_ seconds: Int = 240) -> ContinuousClock.Instant { .now.advanced(by: .seconds(seconds)) }

    @Test func aStoreFollowsAKindAndSeesOurOwnWrites() async throws {
        try await RealCluster.withNamespace { client, namespace in
            _ = try await client.create(.configMaps, RealCluster.configMap(namespace, "before"))
            try await RealCluster.reflecting(.configMaps, client, namespace) { reflector in
                let store = reflector.store
                #expect(await reflector.kindState.wait(until: soon(), time: .system) { $0.phase == .synced })
                #expect(store.get(key(namespace, "before")) != nil)

                let created = try await client.create(.configMaps, RealCluster.configMap(namespace, "a"))
                #expect(await store.waitUntilSeen(try RealCluster.version(created), deadline: soon()))
                #expect(store.get(key(namespace, "a")) != nil)

                let patched = try await client.patch(
                    .configMaps,
                    key(namespace, "a"),
                    .merge(["metadata": ["labels": ["x": "y"]]])
                )
                #expect(await store.waitUntilSeen(try RealCluster.version(patched), deadline: soon()))
                #expect(store.get(key(namespace, "a"))?.metadata.labels == ["x": "y"])

                try await client.delete(.configMaps, key(namespace, "a"))
                #expect(await eventually { store.get(key(namespace, "a")) == nil })
            }
        }
    }

    @Test func aKindThatIsInstalledLaterSyncsByItself() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let group = "\(namespace).example.com"
            let resource = APIResource(group: group, version: "v1", kind: "Late", plural: "lates")
            let definition: JSONValue = [
                "metadata": ["name": .string("lates.\(group)")],
                "spec": [
                    "group": .string(group), "scope": "Namespaced",
                    "names": ["plural": "lates", "singular": "late", "kind": "Late", "listKind": "LateList"],
                    "versions": [
                        [
                            "name": "v1", "served": true, "storage": true,
                            "schema": ["openAPIV3Schema": ["type": "object"]],
                        ]
                    ],
                ],
            ]
            try await RealCluster.reflecting(resource, client, namespace) { reflector in
                #expect(await reflector.kindState.wait(until: soon(), time: .system) { $0.phase == .notInstalled })
                _ = try await client.create(.customResourceDefinitions, definition)
                #expect(await reflector.kindState.wait(until: soon(), time: .system) { $0.phase == .synced })
            }
            try await client.delete(.customResourceDefinitions, ObjectKey(namespace: "", name: "lates.\(group)"))
        }
    }

    @Test func aKindThatMayNotBeReadSaysSo() async throws {
        try await RealCluster.withNamespace(as: "nobody") { client, namespace in
            try await RealCluster.reflecting(.secrets, client, namespace) { reflector in
                #expect(await reflector.kindState.wait(until: soon(), time: .system) { $0.phase == .forbidden })
                #expect(reflector.kindState.value.reason.contains("nobody"))
            }
        }
    }

    @Test func aRelistFindsWhatWasMissed() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let store = Store<ObjectMetaProjection>()
            for name in ["kept", "gone"] {
                _ = try await client.create(.configMaps, RealCluster.configMap(namespace, name))
            }
            try await RealCluster.reflecting(.configMaps, client, namespace, into: store) { reflector in
                #expect(await reflector.kindState.wait(until: soon(), time: .system) { $0.phase == .synced })
            }
            let deleted = Locked<[String]>([])
            store.onChange { change in
                if case .deleted(let old) = change { deleted.change { $0.append(old.key.name) } }
            }
            try await client.delete(.configMaps, key(namespace, "gone"))
            _ = try await client.create(.configMaps, RealCluster.configMap(namespace, "new"))
            try await RealCluster.reflecting(.configMaps, client, namespace, into: store) { reflector in
                #expect(await reflector.kindState.wait(until: soon(), time: .system) { $0.phase == .synced })
                #expect(deleted.value == ["gone"])
                #expect(store.get(key(namespace, "new")) != nil && store.get(key(namespace, "kept")) != nil)
            }
        }
    }
}

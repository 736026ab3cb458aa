import JSON
import KubeModel
import Testing

@testable import KubeClient

@Suite(RealCluster.isThere) struct StreamTests {
    private static func fill(_ client: KubeClient, _ namespace: String, _ count: Int) async throws {
        for index in 0..<count {
            let name = "c\(index)"
            _ = try await client.create(
                .configMaps,
                [
                    "metadata": [
                        "namespace": .string(namespace), "name": .string(name), "labels": ["test": "streams"],
                    ],
                    "data": ["text": "\u{2028}\n\"é"],
                ]
            )
        }
    }

    @Test func aListComesInPages() async throws {
        try await RealCluster.withNamespace { client, namespace in
            try await Self.fill(client, namespace, 7)
            for type in [ObjectMetaProjection.self, DynamicObject.self] as [any WireObject.Type] {
                let names = try await pages(type)
                #expect(names == (0..<7).map { "c\($0)" })
            }

            func pages<Object: WireObject>(_ type: Object.Type) async throws -> [String] {
                var names: [String] = []
                var options = ListOptions(namespace: namespace, limit: 3)
                // A cluster publishes ConfigMaps of its own into every namespace.
                options.labelSelector = LabelSelector(matchLabels: ["test": "streams"])
                var versions: Set<String> = []
                repeat {
                    let end = try await client.list(.configMaps, as: type, options: options) {
                        names.append(try $0.get().key.name)
                    }
                    versions.insert(end.resourceVersion)
                    options.continueToken = end.continueToken
                } while options.continueToken != nil
                #expect(versions.count == 1)
                return names
            }
        }
    }

    @Test func aWatchTellsEveryChangeInBothFormats() async throws {
        try await RealCluster.withNamespace { client, namespace in
            try await changes(DynamicObject.self, "json")
            try await changes(ObjectMetaProjection.self, "protobuf")

            func changes<Object: WireObject>(_ type: Object.Type, _ name: String) async throws {
                let only = "metadata.name=\(name)"
                let list = ListOptions(namespace: namespace, fieldSelector: only)
                let end = try await client.list(.configMaps, as: type, options: list) { _ in }
                var options = WatchOptions(namespace: namespace, fieldSelector: only, timeoutSeconds: 60)
                options.resourceVersion = end.resourceVersion
                let stream = try await client.watch(.configMaps, as: type, options: options)
                let key = ObjectKey(namespace: namespace, name: name)
                _ = try await client.create(
                    .configMaps,
                    ["metadata": ["namespace": .string(namespace), "name": .string(name)]]
                )
                _ = try await client.patch(.configMaps, key, .merge(["data": ["a": "b"]]))
                try await client.delete(.configMaps, key)
                var events: [String] = []
                for try await event in stream {
                    switch event {
                    case .added(let object): events.append("added \(object.key.name)")
                    case .modified(let object): events.append("modified \(object.key.name)")
                    case .deleted(let object): events.append("deleted \(object.key.name)")
                    case .bookmark(let version, _): #expect(version.number > 0)
                    case .error(let status): Issue.record("\(status)")
                    case .undecodable(let error): Issue.record("\(error)")
                    }
                    if events.count == 3 { break }
                }
                #expect(events == ["added \(name)", "modified \(name)", "deleted \(name)"])
            }
        }
    }

    @Test func aWatchEndsWithABookmarkThatCanBeResumedFrom() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let end = try await client.list(.configMaps, as: ObjectMetaProjection.self) { _ in }
            var options = WatchOptions(namespace: namespace, resourceVersion: end.resourceVersion)
            var bookmark: ResourceVersion?
            // It comes two seconds before the end, unless the server is too busy to send it until then.
            for seconds in [3, 10, 30, 60] where bookmark == nil {
                options.timeoutSeconds = seconds
                let stream = try await client.watch(.configMaps, as: ObjectMetaProjection.self, options: options)
                for try await event in stream {
                    if case .bookmark(let version, _) = event { bookmark = version }
                }
            }
            options.resourceVersion = try #require(bookmark).description
            options.timeoutSeconds = 1
            for try await event in try await client.watch(.configMaps, as: ObjectMetaProjection.self, options: options)
            {
                if case .error(let status) = event { Issue.record("\(status)") }
            }
        }
    }

    @Test func aVersionFromTheFutureIsRefusedInBothFormats() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let options = ListOptions(
                namespace: namespace,
                resourceVersion: "999999999",
                resourceVersionMatch: .notOlderThan
            )
            async let json = refusal(DynamicObject.self)
            async let protobuf = refusal(ObjectMetaProjection.self)
            let refusals = try await [json, protobuf]
            #expect(refusals.filter(\.isTooLargeResourceVersion).count == 2, "\(refusals)")

            @Sendable func refusal<Object: WireObject>(_ type: Object.Type) async throws -> KubeStatus {
                let error = await #expect(throws: KubeError.self) {
                    try await client.list(.configMaps, as: type, options: options) { _ in }
                }
                let status = error?.status
                return try #require(status)
            }
        }
    }

    @Test func cancellingAWatchEndsIt() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let task = Task {
                let options = WatchOptions(namespace: namespace, timeoutSeconds: 60)
                for try await _ in try await client.watch(.configMaps, as: ObjectMetaProjection.self, options: options)
                {}
            }
            try await Self.fill(client, namespace, 1)
            task.cancel()
            let error = await #expect(throws: KubeError.self) { try await task.value }
            #expect(error?.isCancelled == true)
        }
    }
}

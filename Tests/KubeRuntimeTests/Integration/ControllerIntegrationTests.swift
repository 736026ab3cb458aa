import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Testing

@Suite(RealCluster.isThere) struct ControllerIntegrationTests {
    /// Config maps whose name has no dot each get one of the name with `.child`.
    private func children(
        of store: Store<ObjectMetaProjection>,
        _ client: KubeClient,
        created: Locked<[String]>
    ) -> Controller<ObjectKey> {
        let kind = APIResource.configMaps.groupKind
        let barrier = WriteBarrier<ObjectKey>(stores: [kind: store])
        let controller = Controller<ObjectKey>(
            name: "children",
            barrier: barrier,
            logger: RealCluster.quiet
        ) { key, _ in
            let child = ObjectKey(namespace: key.namespace, name: "\(key.name).child")
            guard store.get(key) != nil, store.get(child) == nil else { return .done }
            let answer = try await client.create(.configMaps, RealCluster.configMap(child.namespace, child.name))
            created.change { $0.append(child.name) }
            barrier.wrote(kind, version: try RealCluster.version(answer), for: key)
            return .done
        }
        controller.watch(store) { change in
            let parent = change.key.name.split(separator: ".").first.map(String.init) ?? ""
            return [ObjectKey(namespace: change.key.namespace, name: parent)]
        }
        return controller
    }

    @Test func aControllerConvergesRepairsAndThenRests() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let store = Store<ObjectMetaProjection>()
            let created = Locked<[String]>([])
            let controller = children(of: store, client, created: created)
            for index in 0..<5 {
                _ = try await client.create(.configMaps, RealCluster.configMap(namespace, "early\(index)"))
            }
            try await RealCluster.reflecting(.configMaps, client, namespace, into: store) { reflector in
                #expect(await reflector.kindState.wait(until: nil, time: .system) { $0.phase == .synced })
                let running = Task { await controller.run() }
                for index in 0..<5 {
                    _ = try await client.create(.configMaps, RealCluster.configMap(namespace, "late\(index)"))
                }
                let names = Set((0..<5).flatMap { ["early\($0).child", "late\($0).child"] })
                #expect(await eventually { names.isSubset(of: created.value) })

                try await client.delete(.configMaps, ObjectKey(namespace: namespace, name: "late1.child"))
                #expect(
                    await eventually { created.value.filter { $0 == "late1.child" }.count == 2 }
                )
                #expect(await eventually { controller.queue.figures.running.isEmpty })
                // Each child was created once, but for the one that was deleted: no reconcile acted on what it had not seen yet.
                #expect(created.value.filter { names.contains($0) }.count == 11)
                controller.shutDown()
                await running.value
            }
        }
    }

    @Test func eventsAreWrittenAndBecomeASeries() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let recorder = EventRecorder(
                sink: KubeEventSink(client: client),
                reporter: EventReporter(controller: "phys.app/swiftlet", instance: "test"),
                metrics: PrometheusRegistry(),
                logger: RealCluster.quiet
            )
            let subject = EventSubject(
                kind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"),
                key: ObjectKey(namespace: namespace, name: "a"),
                uid: UID("7d3e1d5c-3f7e-4a3c-9f57-0d9a0a2b6c11")
            )
            for attempt in 0..<3 {
                recorder.report(
                    EventReport(subject, .warning, reason: "Failed", action: "Apply", note: "attempt \(attempt)")
                )
            }
            recorder.shutDown()
            await recorder.run()
            var events: [JSONValue] = []
            _ = try await client.list(
                .events,
                as: DynamicObject.self,
                options: ListOptions(namespace: namespace)
            ) { events.append(try $0.get().value) }
            #expect(events.count == 1)
            #expect(events.first?["reason"] == "Failed" && events.first?[path: "regarding", "name"] == "a")
            #expect(events.first?[path: "series", "count"] == 2)
        }
    }
}

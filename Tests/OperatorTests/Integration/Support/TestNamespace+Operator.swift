import KubeClient
import KubeRuntime
import KubeTransport
import Operator
import WebServers

extension TestNamespace {
    /// Runs `body` while an operator looks after this namespace, with a log of the operator's own requests.
    ///
    /// - Parameter served: what the operator believes that the cluster serves; the truth if not given.
    func withOperator<Value: Sendable>(
        served: ServedKinds? = nil,
        _ body: (RequestLog) async throws -> Value
    ) async throws -> Value {
        let log = RequestLog()
        var configuration = TransportConfiguration()
        configuration.observer = { log.note($0) }
        let transport = try Transport(configuration: configuration)
        let group = try operatorGroup(TestCluster.client(on: transport), served ?? self.served, log.metrics)
        let outcome = await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                do { try await group.run(signals: []) } catch { log.end(with: error) }
            }
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await body(log)) } catch { outcome = .failure(error) }
            // An operator that ended by itself explains why the test waited in vain.
            let failure = log.failure
            tasks.cancelAll()
            return failure.map(Result.failure) ?? outcome
        }
        await transport.shutdown()
        return try outcome.get()
    }

    private func operatorGroup(
        _ client: KubeClient,
        _ served: ServedKinds,
        _ registry: PrometheusRegistry
    ) -> RuntimeGroup {
        let events = EventRecorder(
            sink: KubeEventSink(client: client),
            reporter: EventReporter(controller: "web.phys.app/swiftlet", instance: "tests"),
            metrics: registry,
            logger: TestCluster.silent
        )
        let webServers = WebServerOperator(
            client: client,
            served: served,
            namespaces: [name],
            // As the operator of all namespaces does, of which there can be one only.
            readsClusterKinds: true,
            workers: 4,
            events: events,
            time: .system,
            metrics: registry,
            logger: TestCluster.silent
        )
        var group = RuntimeGroup(logger: TestCluster.silent)
        group.events = events
        let required = Set(webServers.required.map(\.name))
        for reflector in webServers.reflectors {
            group.add(reflector, isRequired: required.contains(reflector.name))
        }
        group.add(webServers.controller)
        registry.register(group.metrics)
        return group
    }
}

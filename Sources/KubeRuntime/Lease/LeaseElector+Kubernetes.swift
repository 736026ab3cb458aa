import CoreMetrics
import KubeClient
import KubeModel
import Logging

extension LeaseElector {
    /// Elects by a Lease, and is told of its changes by a watch.
    ///
    /// - Parameters:
    ///   - client: with or without fence; it is gone round.
    ///   - labels: of a Lease that is made.
    ///   - reflecting: how the Lease is listed and watched.
    package convenience init(
        identity: String,
        client: KubeClient,
        lease: ObjectKey,
        labels: [String: String] = [:],
        times: ElectionTimes = ElectionTimes(),
        fence: WriteFence,
        reflecting: ReflectorOptions = ReflectorOptions(),
        time: TimeSource = .system,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        let storage = KubeLeaseStorage(client: client, key: lease, labels: labels)
        let inbox = ElectionInbox()
        let store = Store<DynamicObject>()
        store.onChange { change in
            if case .deleted = change {
                inbox.put(.observed(nil))
            } else {
                inbox.put(.observed(storage.note(change.object)))
            }
        }
        let watch = Reflector(
            name: "\(APIResource.leases)/\(lease.name)",
            source: KubeListWatch<DynamicObject>(
                client: client,
                resource: .leases,
                namespace: lease.namespace,
                fieldSelector: "metadata.name=\(lease.name)"
            ),
            store: store,
            options: reflecting,
            time: time,
            logger: logger
        )
        self.init(
            identity: identity,
            storage: storage,
            times: times,
            fence: fence,
            watch: watch,
            inbox: inbox,
            time: time,
            metrics: ElectionMetrics(name: lease.name, factory: metrics),
            logger: logger
        )
    }
}

import CoreMetrics
import KubeClient
import KubeModel
import KubeRuntime
import Logging

/// How the replicas of the operator agree on which of them leads.
package struct OperatorElection: Sendable {
    /// The Lease they compete for. Its namespace must exist.
    package var lease: ObjectKey
    /// Of this replica, and of no other that was or will be.
    package var identity: String
    package var times: ElectionTimes
    /// The pod that this replica is; `nil` outside a cluster.
    package var pod: (name: String, uid: UID)?

    /// - Parameter instance: the name of the pod or host.
    package init(lease: ObjectKey, instance: String, times: ElectionTimes = ElectionTimes()) {
        self.lease = lease
        self.times = times
        identity = "\(instance)_\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    }

    /// As what this replica tells of its proxies. A pod whose container starts anew goes on with the report that it had.
    var reportIdentity: DeliveryReporter.Identity {
        let name = (pod?.name ?? identity).lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        return DeliveryReporter.Identity(
            key: ObjectKey(namespace: lease.namespace, name: "swiftlet-deliveries-\(String(name))"),
            pod: pod
        )
    }

    func elector(
        client: KubeClient,
        fence: WriteFence,
        _ reflecting: ReflectorOptions,
        _ time: TimeSource,
        metrics: any MetricsFactory,
        _ logger: Logger
    ) -> LeaseElector {
        LeaseElector(
            identity: identity,
            client: client,
            lease: lease,
            labels: ["app.kubernetes.io/name": "swiftlet"],
            times: times,
            fence: fence,
            reflecting: reflecting,
            time: time,
            metrics: metrics,
            logger: logger
        )
    }
}

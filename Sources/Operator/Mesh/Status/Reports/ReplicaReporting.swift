import KubeClient
import KubeModel
import KubeRuntime
import Logging
import XDS

/// What makes several replicas count as one in the statuses of Mesh and TrafficRoute: the reporter of those that stand by, and what the one that leads knows of
/// the others.
struct ReplicaReporting: Sendable {
    let reports: DeliveryReports
    let reporter: DeliveryReporter
    let reflector: any KindReflecting
    private let client: KubeClient
    private let queue: WorkQueue<ProgrammedKey>
    private let time: TimeSource
    private let logger: Logger

    /// How often what was not repeated is looked for.
    private static let sweep = Duration.seconds(10)

    init(
        client: KubeClient,
        identity: DeliveryReporter.Identity,
        reports: DeliveryReports,
        reconciler: ProgrammingReconciler,
        queue: WorkQueue<ProgrammedKey>,
        elector: LeaseElector,
        reflecting: ReflectorOptions,
        time: TimeSource,
        logger: Logger
    ) {
        self.client = client
        self.reports = reports
        self.queue = queue
        self.time = time
        self.logger = logger
        reporter = DeliveryReporter(
            client: client,
            identity: identity,
            hub: reconciler.hub,
            leads: { elector.leadership.isLeading },
            report: { reconciler.report() },
            time: time,
            logger: logger
        )
        let store = Store<DynamicObject>()
        store.onChange { change in
            let changed: Set<ProgrammedKey>
            if case .deleted(let object) = change {
                changed = reports.remove(object.key)
            } else {
                changed = reports.put(change.object, now: time.now)
            }
            for key in changed { queue.add(key) }
        }
        reflector = Reflector(
            name: "\(APIResource.configMaps)/deliveries",
            source: KubeListWatch<DynamicObject>(
                client: client,
                resource: .configMaps,
                namespace: identity.key.namespace,
                labelSelector: LabelSelector([.equals(DeliveryReport.label.key, DeliveryReport.label.value)])
            ),
            store: store,
            options: reflecting,
            time: time,
            logger: logger
        )
    }

    func join(_ group: inout RuntimeGroup) {
        group.add(reflector, isRequired: false)
        group.add(server: reporter)
        group.add(duty: { await sweepWhileLeading() })
    }

    /// Takes away the reports of replicas that are gone, and our own, until the term ends.
    private func sweepWhileLeading() async {
        await remove(reporter.identity.key)
        while !Task.isCancelled {
            let stale = reports.sweep(now: time.now)
            for key in stale.objects { queue.add(key) }
            for key in stale.reports { await remove(key) }
            do { try await time.sleep(until: time.now.advanced(by: Self.sweep)) } catch { return }
        }
    }

    private func remove(_ key: ObjectKey) async {
        do throws(KubeError) {
            try await client.delete(.configMaps, key)
        } catch {
            guard !error.isNotFound, !error.isCancelled, !error.isNotLeading else { return }
            logger.info("a report stays", metadata: ["configmap": "\(key)", "error": "\(error)"])
        }
    }
}

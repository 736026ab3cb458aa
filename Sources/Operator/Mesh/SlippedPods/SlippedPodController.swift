import Injection
import KubeModel
import KubeRuntime
import Logging

/// Has pods looked at that may have slipped through injection: new ones, and all that a changed namespace or a new Mesh concerns.
///
/// A pod that is as it should be costs a look at its metadata, and nothing after that but for a change of it.
enum SlippedPodController {
    static func make(
        _ reconciler: SlippedPodReconciler,
        time: TimeSource,
        metrics: ControllerMetrics,
        logger: Logger
    ) -> Controller<ObjectKey> {
        var options = ControllerOptions()
        options.workers = 1
        // Pods are what tenants make of them: however long one takes, nothing else waits for it.
        let executor = WorkerExecutor(threads: 1)
        let controller = Controller<ObjectKey>(
            name: "slipped-pods",
            kind: APIResource.pods.kind,
            options: options,
            time: time,
            metrics: metrics,
            logger: logger,
            reconcile: { key, context in
                try await withTaskExecutorPreference(executor) { try await reconciler.reconcile(key, context) }
            }
        )
        let (stores, log) = (reconciler.stores, reconciler.log)
        controller.watch(stores.pods) { change in
            if case .updated(let old, let new) = change, old.saysTheSame(as: new) { return [] }
            if case .deleted(let pod) = change { return log.has(pod.key) ? [pod.key] : [] }
            let namespace = stores.namespaces.get(ObjectKey(namespace: "", name: change.key.namespace))
            let isPossible = SlippedPod.isPossible(change.object, namespace: namespace)
            return isPossible || log.has(change.key) ? [change.key] : []
        }
        controller.forgetDeleted(in: stores.pods, unless: log.has)
        controller.watch(stores.namespaces) { change in
            if case .deleted(let namespace) = change {
                log.remove(namespace: namespace.name)
                return []
            }
            if case .updated(let old, let new) = change, old.labels == new.labels, old.annotations == new.annotations {
                return []
            }
            return stores.pods.all().filter { pod in
                guard pod.namespace == change.key.name else { return false }
                return log.has(pod.key) || SlippedPod.isPossible(pod, namespace: change.object)
            }.map(\.key)
        }
        // A Mesh that was missing is there, or the other way round.
        controller.watch(stores.meshes) { change in
            if case .updated = change { [] } else { log.keys }
        }
        return controller
    }
}

extension Pod {
    /// Whether all that injection goes by, which can change while the pod is there, is the same.
    fileprivate func saysTheSame(as other: Pod) -> Bool {
        labels == other.labels && annotations == other.annotations && hasEnded == other.hasEnded
    }

    private var hasEnded: Bool { deletionTimestamp != nil || phase == .succeeded || phase == .failed }
}

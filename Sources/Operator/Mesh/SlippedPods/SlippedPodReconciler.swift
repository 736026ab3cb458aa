import Injection
import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI
import Synchronization

/// Tells of pods that slipped through injection, and evicts them where their namespace asks for it.
struct SlippedPodReconciler: Sendable {
    let client: KubeClient
    let stores: MeshStores
    let events: EventRecorder
    let log: SlippedPodLog
    /// `nil` until sidecars can be told whom to trust.
    let injector: @Sendable () async throws -> SidecarInjector?
    /// Whether a pod that is made now gets its sidecar.
    let isInjecting: @Sendable () -> Bool
    /// The group and version of evictions, see ``ServerVersion/evictionVersion``.
    let evictionVersion: String
    let pace: PaceKeeper
    let time: TimeSource

    /// One pace for all pods.
    final class PaceKeeper: Sendable {
        let pace = Mutex(RestartPace())
    }

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        let namespace = stores.namespaces.get(ObjectKey(namespace: "", name: key.namespace))
        guard let namespace, let known = stores.pods.get(key), SlippedPod.isPossible(known, namespace: namespace) else {
            forget(key)
            return .done
        }
        guard stores.meshes.isFilled, let injector = try await injector() else { return .requeue(after: .seconds(1)) }
        guard let pod = try await slipped(key, namespace, injector) else {
            forget(key)
            return .done
        }
        let (seen, isNews) = log.put(pod, now: time.now)
        if isNews {
            context.logger.notice("a pod has no sidecar", metadata: ["note": "\(pod.note)"])
            report(pod, .warning, reason: "SidecarMissing", action: "Inject", note: pod.note)
        }
        guard pod.mayBeRestarted, let controller = pod.controller else {
            pace.pace.withLock { $0.leave(key) }
            return .done
        }
        return try await restart(pod, of: controller, seen: seen, context)
    }

    private func forget(_ key: ObjectKey) {
        log.remove(key)
        pace.pace.withLock { $0.leave(key) }
    }

    private func slipped(
        _ key: ObjectKey,
        _ namespace: Namespace,
        _ injector: SidecarInjector
    ) async throws -> SlippedPod? {
        guard let pod = try await whole(key) else { return nil }
        let meshes = Set(stores.meshes.all().map(\.metadata.name))
        return try SlippedPod(pod: pod, namespace: namespace, injector: injector, meshes: meshes)
    }

    /// `nil` for a pod that is gone.
    private func whole(_ key: ObjectKey) async throws(KubeError) -> JSONValue? {
        do throws(KubeError) {
            return try await client.get(.pods, key)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    private func restart(
        _ pod: SlippedPod,
        of controller: OwnerReference,
        seen: TimeSource.Instant,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        let wait = pace.pace.withLock { $0.turn(of: pod.key, controller.uid, seen: seen, now: time.now) }
        guard wait <= .zero else { return .requeue(after: wait) }
        // Its successor would slip as well. Others have their turn before it is asked again.
        guard isInjecting() else { return .requeue(after: .seconds(5)) }
        do throws(KubeError) {
            try await evict(pod)
        } catch {
            if error.isNotFound || error.isConflict { return .done }
            guard error.isTooManyRequests else { throw error }
            // A disruption budget holds it; others go first.
            context.logger.info("a pod without its sidecar cannot be evicted yet", metadata: ["reason": "\(error)"])
            return .requeue(after: max(error.retryAfter ?? .zero, .seconds(10)))
        }
        pace.pace.withLock { $0.evicted(controller.uid, at: time.now) }
        context.logger.notice("evicted a pod to give it a sidecar")
        report(
            pod,
            .normal,
            reason: "EvictedForSidecar",
            action: "Evict",
            note: "Evicted pod \(pod.key.name), so that its successor has a sidecar."
        )
        return .done
    }

    private func evict(_ pod: SlippedPod) async throws(KubeError) {
        _ = try await client.create(
            subresource: "eviction",
            of: .pods,
            pod.key,
            [
                "apiVersion": .string(evictionVersion), "kind": "Eviction",
                "metadata": ["name": .string(pod.key.name), "namespace": .string(pod.key.namespace)],
                // This pod and no later one of its name.
                "deleteOptions": ["preconditions": ["uid": .string(pod.uid.description)]],
            ]
        )
    }

    private func report(
        _ pod: SlippedPod,
        _ severity: EventReport.Severity,
        reason: String,
        action: String,
        note: String
    ) {
        let subject = pod.subject
        events.report(
            EventReport(
                EventSubject(
                    kind: subject.kind,
                    key: ObjectKey(namespace: pod.key.namespace, name: subject.name),
                    uid: subject.uid
                ),
                severity,
                reason: reason,
                action: action,
                note: note
            )
        )
    }
}

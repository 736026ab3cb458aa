import KubeClient
import KubeModel
import KubeRuntime
import Logging

/// Keeps ``NamespaceMirror``'s labels as they should be.
enum NamespaceMirrorController {
    static func make(
        client: KubeClient,
        namespaces: Store<Namespace>,
        time: TimeSource,
        metrics: ControllerMetrics,
        logger: Logger
    ) -> Controller<ObjectKey> {
        let barrier = WriteBarrier<ObjectKey>(stores: [APIResource.namespaces.groupKind: namespaces], time: time)
        var options = ControllerOptions()
        options.workers = 1
        let controller = Controller<ObjectKey>(
            name: "namespace",
            kind: APIResource.namespaces.kind,
            options: options,
            barrier: barrier,
            time: time,
            metrics: metrics,
            logger: logger
        ) { key, context in
            guard let namespace = namespaces.get(key), let intent = NamespaceMirror.intent(for: namespace) else {
                return .done
            }
            context.writes.note(APIResource.namespaces.groupKind, key, content: intent)
            do throws(KubeError) {
                let stored = try await client.patch(
                    .namespaces,
                    key,
                    .apply(intent),
                    options: WriteOptions(fieldManager: NamespaceMirror.manager),
                    as: ObjectMetaProjection.self
                )
                barrier.wrote(APIResource.namespaces.groupKind, version: stored.resourceVersion, for: key)
            } catch {
                // Not forced: a person took the label over, which is then theirs, or the namespace went.
                guard error.isConflict || error.isNotFound else { throw error }
                context.logger.info("the namespace's label is left alone", metadata: ["reason": "\(error)"])
                return .done
            }
            context.logger.info("the namespace's injection annotation is mirrored into its label")
            return .done
        }
        controller.watch(namespaces) { [$0.key] }
        controller.forgetDeleted(in: namespaces)
        return controller
    }
}

import Dataplanes
import JSON
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import Logging

/// Keeps the ConfigMap ``TrustBundle`` in each namespace with sidecars, and up to date.
struct TrustBundleController: Sendable {
    /// A namespace is a key.
    let controller: Controller<ObjectKey>
    private let namespaces: Store<Namespace>
    private let certificate: ServingCertificate

    init(
        client: KubeClient,
        stores: MeshStores,
        certificate: ServingCertificate,
        time: TimeSource,
        metrics: ControllerMetrics,
        logger: Logger
    ) {
        let barrier = WriteBarrier<ObjectKey>(
            stores: [APIResource.configMaps.groupKind: stores.trustBundles],
            time: time
        )
        var options = ControllerOptions()
        options.workers = 2
        let controller = Controller<ObjectKey>(
            name: "trust-bundle",
            kind: APIResource.namespaces.kind,
            options: options,
            barrier: barrier,
            time: time,
            metrics: metrics,
            logger: logger
        ) { key, context in
            // Without knowing what is there, everything would be made once more.
            guard stores.trustBundles.isFilled else { return .requeue(after: .seconds(1)) }
            let step = TrustBundle.step(
                stores.namespaces.get(key),
                hasSidecars: stores.pods.all().contains { $0.namespace == key.name && $0.hasSidecar },
                stored: stores.trustBundles.get(TrustBundle.key(in: key.name)),
                authorities: certificate.current?.bundle.pem
            )
            return try await Self.execute(step, key, client, barrier, context)
        }
        controller.watch(stores.namespaces) { [$0.key] }
        controller.forgetDeleted(in: stores.namespaces)
        controller.watch(stores.trustBundles) { [ObjectKey(namespace: "", name: $0.key.namespace)] }
        // Pods that ask for a sidecar by themselves, or were given one before their namespace asked for none.
        controller.watch(stores.pods) { change in
            guard change.object.hasSidecar, change.object.deletionTimestamp == nil,
                stores.trustBundles.get(TrustBundle.key(in: change.key.namespace)) == nil
            else { return [] }
            return [ObjectKey(namespace: "", name: change.key.namespace)]
        }
        self.controller = controller
        namespaces = stores.namespaces
        self.certificate = certificate
    }

    private static func execute(
        _ step: TrustBundle.Step,
        _ key: ObjectKey,
        _ client: KubeClient,
        _ barrier: WriteBarrier<ObjectKey>,
        _ context: ReconcileContext
    ) async throws -> ReconcileResult {
        let (target, options) = (TrustBundle.key(in: key.name), WriteOptions(fieldManager: TrustBundle.manager))
        let stored: JSONValue
        switch step {
        case .none: return .done
        case .foreign:
            context.logger.warning(
                "sidecars of the namespace cannot be told of new certificate authorities: the operator did not create the ConfigMap",
                metadata: ["configmap": "\(target)"]
            )
            return .done
        case .create(let object):
            do throws(KubeError) {
                stored = try await client.create(.configMaps, object, options: options)
            } catch {
                // Somebody was faster; the watch tells who.
                guard error.isAlreadyExists || error.isNotFound else { throw error }
                return .done
            }
        case .update(let object):
            var forced = options
            forced.force = true
            do throws(KubeError) {
                stored = try await client.patch(.configMaps, target, .apply(object), options: forced)
            } catch {
                guard error.isNotFound else { throw error }
                return .done
            }
        }
        if let version = stored[path: "metadata", "resourceVersion"]?.stringValue.flatMap({ UInt64($0) }) {
            barrier.wrote(APIResource.configMaps.groupKind, version: ResourceVersion(version), for: key)
        }
        context.logger.info("wrote the certificate authorities for sidecars", metadata: ["configmap": "\(target)"])
        return .done
    }

    /// Has all namespaces looked at whenever other authorities are to be trusted, until the term ends.
    func followAuthorities() async {
        var known: ServedCertificate?
        while !Task.isCancelled {
            do {
                known = try await certificate.next(after: known)
            } catch {
                return
            }
            for namespace in namespaces.all() { controller.queue.add(namespace.key) }
        }
    }
}

import Injection
import JSON
import KubeAdmission
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI

/// Answers the API server's question about a new pod: adds the sidecar, or says why not.
struct InjectionHandler: Sendable {
    let namespaces: NamespaceLookup
    let meshes: Store<Mesh>
    /// `nil` until sidecars can be told whom to trust.
    let injector: @Sendable () async throws -> SidecarInjector?
    let metrics: InjectionMetrics
    let logger: Logger
    /// What may refuse the pods of a namespace; `nil` where that is not looked at.
    var limits: NamespaceLimitStores?

    /// - Throws: when the pod's namespace is not known, upon which the webhook's failure policy decides.
    func respond(to request: AdmissionRequest) async throws -> AdmissionResponse {
        guard request.operation == .create, request.plural == "pods", request.subresource == nil,
            let pod = request.object
        else { return .allowed() }
        guard let injector = try await injector() else { throw InjectorNotReady() }
        // Pods of a controller come without a namespace of their own at times; the request's counts.
        var namespace = try await namespaces.metadata(of: request.namespace)
        if let limits { namespace.limits = limits.limits(of: request.namespace) }
        do throws(InjectionError) {
            let outcome = try injector.inject(pod: pod, namespace: namespace, drainToken: Self.newToken())
            if case .injected(let settings) = outcome.action { try check(settings.mesh, request) }
            metrics.count(outcome.metricLabels)
            logger.debug("reviewed", metadata: ["request": "\(request.summary)", "result": "\(outcome.metricLabels)"])
            return .allowed(patch: JSONPatch.between(pod, outcome.object).map(\.json), warnings: outcome.warnings)
        } catch {
            metrics.count(error.metricLabels)
            // Nobody waits for an answer any more.
            if error.reason == .cancelled { throw CancellationError() }
            // Whoever answers tells of denials, as many as the log should have.
            logger.debug("pod refused", metadata: ["request": "\(request.summary)", "reason": "\(error)"])
            return .denied("\(error)", code: 422, reason: "Invalid")
        }
    }

    /// As Kuma: a pod of a mesh that is not there would wait for its configuration for ever.
    private func check(_ mesh: String, _ request: AdmissionRequest) throws(InjectionError) {
        guard meshes.isFilled, meshes.get(ObjectKey(namespace: "", name: mesh)) == nil else { return }
        throw InjectionError(
            .invalidSetting,
            object: "Pod \(request.namespace)/\(request.name)",
            path: [],
            "there is no Mesh \"\(mesh)\": create it, or name another by the label \(MetadataKey.mesh)"
        )
    }

    private static func newToken() -> String {
        let (first, second) = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        return String(first, radix: 36) + String(second, radix: 36)
    }

    private struct InjectorNotReady: AdmissionObstacle {
        var description: String { "the injector has no certificate yet that sidecars could trust" }
    }
}

extension NamespaceMetadata {
    init(_ namespace: Namespace) {
        self.init(
            name: namespace.name,
            labels: namespace.labels.dictionary,
            annotations: namespace.annotations.dictionary
        )
    }
}

import Injection
import JSON
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI

/// Answers the API server's question about a new pod: adds the sidecar, or says why not.
struct InjectionHandler: Sendable {
    let client: KubeClient
    let namespaces: Store<Namespace>
    let meshes: Store<Mesh>
    /// `nil` until sidecars can be told whom to trust.
    let injector: @Sendable () async throws -> SidecarInjector?
    let metrics: InjectionMetrics
    let logger: Logger
    /// What may refuse the pods of a namespace; `nil` where that is not looked at.
    var limits: NamespaceLimitStores?

    /// - Throws: ``KubeError`` when the pod's namespace cannot be read, upon which the webhook's failure policy decides.
    func respond(to request: AdmissionRequest) async throws -> AdmissionResponse {
        guard request.operation == .create, request.plural == "pods", request.subresource == nil,
            let pod = request.object
        else { return .allowed() }
        guard let injector = try await injector() else { throw InjectorNotReady() }
        // Pods of a controller come without a namespace of their own at times; the request's counts.
        var namespace = try await namespace(request.namespace)
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
            logger.notice("pod refused", metadata: ["request": "\(request.summary)", "reason": "\(error)"])
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

    /// A namespace that was just made may not have been seen yet.
    private func namespace(_ name: String) async throws(KubeError) -> NamespaceMetadata {
        let key = ObjectKey(namespace: "", name: name)
        if let known = namespaces.get(key) { return NamespaceMetadata(known) }
        return NamespaceMetadata(try await client.get(.namespaces, key, as: Namespace.self))
    }

    private static func newToken() -> String {
        let (first, second) = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        return String(first, radix: 36) + String(second, radix: 36)
    }

    private struct InjectorNotReady: Error, CustomStringConvertible {
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

import JSON
import SwiftletAPI

/// Whether a pod gets a sidecar, by what its own metadata and its namespace's ask for.
///
/// Labels and annotations both count, as in Kuma 2.x and 1.x; a label outranks an annotation of the same key, and the pod outranks its
/// namespace.
package enum InjectionDecision: Hashable, Sendable {
    case inject(mesh: String)
    case skip(InjectionReason)
}

extension InjectionDecision {
    static let sidecarName = "kuma-sidecar"
    static let defaultMesh = "default"

    init(_ pod: PodObject, namespace: NamespaceMetadata, exceptions: [String: String]) throws(InjectionError) {
        self = try Self.decide(pod, MetadataReader(namespace), exceptions)
    }

    private static func decide(
        _ pod: PodObject,
        _ namespace: MetadataReader,
        _ exceptions: [String: String]
    ) throws(InjectionError) -> InjectionDecision {
        // What exempts a pod is looked at before anything is held against it.
        if pod.isExempt(by: exceptions) { return .skip(.exceptionLabel) }
        let stale = StaleSidecar(pod)
        if stale == nil, pod.hasContainer(named: sidecarName) { return .skip(.alreadyInjected) }
        let metadata = try pod.metadata()
        if metadata.annotations["kubernetes.io/config.mirror"] != nil { return .skip(.mirrorPod) }
        if pod.usesHostNetwork { return .skip(.hostNetwork) }
        if pod.runsOnWindows { return .skip(.windows) }
        if let enabled = try metadata.labelOrAnnotation(MetadataKey.injection, SettingValue.isEnabled) {
            guard enabled else { return .skip(.disabledOnPod) }
        } else if let enabled = try namespace.labelOrAnnotation(MetadataKey.injection, SettingValue.isEnabled) {
            guard enabled else { return .skip(.disabledOnNamespace) }
        } else if stale == nil {
            return .skip(.notRequested)
        }
        if let mesh = try mesh(metadata) { return .inject(mesh: mesh) }
        // A copy is where the original is, whose label is not copied.
        if let name = stale?.mesh, !name.isEmpty, Self.isMeshName(name) { return .inject(mesh: name) }
        return .inject(mesh: try mesh(namespace) ?? defaultMesh)
    }

    private static func mesh(_ metadata: MetadataReader) throws(InjectionError) -> String? {
        let name = try metadata.labelOrAnnotation(MetadataKey.mesh, meshName)
        // An empty value counts as none, as in Kuma.
        return name?.isEmpty == true ? nil : name
    }

    /// Injection writes the name as a label, so that it must be fit for one.
    private static let meshNameRules = [NameRule.subdomain, .labelValue]

    private static func meshName(_ text: String) throws(SettingProblem) -> String {
        guard !text.isEmpty else { return text }
        for rule in meshNameRules {
            if let problem = rule.problem(with: text) { throw SettingProblem(problem) }
        }
        return text
    }

    private static func isMeshName(_ text: String) -> Bool {
        meshNameRules.allSatisfy { $0.problem(with: text) == nil }
    }
}

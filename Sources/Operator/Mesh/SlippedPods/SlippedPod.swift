import Dataplanes
import Injection
import JSON
import KubeModel

/// A pod that came up without the sidecar that it should have: made before injection was enabled, or while nobody answered the API server's
/// question. Pure.
struct SlippedPod: Hashable, Sendable {
    /// On a namespace, with the value `true`: slipped pods that have a controller are evicted, so that it makes others.
    static let restartAnnotation = "swiftlet.phys.app/restart-pods-without-sidecar"

    /// What keeps the pod's successor from getting a sidecar.
    enum Obstacle: Hashable, Sendable {
        case missingMesh(String)
        /// The injector's words.
        case refused(String)
    }

    var key: ObjectKey
    var uid: UID
    /// What makes another when this one goes.
    var controller: OwnerReference?
    var obstacle: Obstacle?
    /// Whether the namespace asks for a restart.
    var isRestartAsked: Bool

    /// Whether evicting it leads to a pod with a sidecar and to no loss: a Job counts an evicted pod as a failure and its work is gone, and
    /// a pod without a controller never comes back.
    var mayBeRestarted: Bool { isRestartAsked && obstacle == nil && controller.map { $0.kind != "Job" } ?? false }

    /// Whom people look at.
    var subject: (kind: GroupVersionKind, name: String, uid: UID) {
        guard let controller else { return (APIResource.pods.groupVersionKind, key.name, uid) }
        let kind = GroupVersionKind(apiVersion: controller.apiVersion, kind: controller.kind)
        return (kind, controller.name, controller.uid)
    }

    /// For people: what is the case and what to do.
    var note: String {
        let story =
            "Pod \(key.name) runs without its sidecar and outside of the mesh. It was made before injection was enabled, or while the "
            + "injector could not be reached."
        return "\(story) \(advice)"
    }

    private var advice: String {
        switch obstacle {
        case .missingMesh(let mesh):
            return "There is no Mesh \"\(mesh)\": create it, or name another, and then restart the pod."
        case .refused(let words): return "Restarting it alone does not help: \(words)"
        case nil: break
        }
        if mayBeRestarted { return "It is evicted, as its namespace asks for." }
        guard let controller else { return "Delete it and create it again." }
        if controller.kind == "Job" { return "Run \(controller.kind) \(controller.name) again." }
        return
            "Delete it, upon which \(controller.kind) \(controller.name) makes another, or let the namespace's annotation "
            + "\(Self.restartAnnotation): \"true\" see to it."
    }
}

extension SlippedPod {
    /// Whether a pod may have slipped, by what is watched of it; ``init(pod:namespace:injector:meshes:)`` tells for sure.
    static func isPossible(_ pod: Pod, namespace: Namespace?) -> Bool {
        guard let namespace, pod.deletionTimestamp == nil, pod.phase != .succeeded, pod.phase != .failed,
            pod.annotations[MetadataKey.injected] == nil
        else { return false }
        // As injection goes by them: the first word counts, and one that means nothing would have been refused.
        let words = [pod.labels, pod.annotations, namespace.labels, namespace.annotations]
            .compactMap { $0[MetadataKey.injection] }
        return words.first.map { MeshMarks.isOn($0) != false } ?? false
    }

    /// - Parameters:
    ///   - pod: the whole object.
    ///   - injector: what the pod would have been given.
    ///   - meshes: the names of those that there are.
    /// - Returns: `nil` for a pod that is as it should be.
    init?(pod: JSONValue, namespace: Namespace, injector: SidecarInjector, meshes: Set<String>) throws(JSONError) {
        let metadata = try DynamicObject(pod).metadata()
        guard !metadata.isBeingDeleted, !["Succeeded", "Failed"].contains(pod[path: "status", "phase"]) else {
            return nil
        }
        key = metadata.key
        uid = metadata.uid
        controller = metadata.controller
        isRestartAsked = namespace.annotations[Self.restartAnnotation] == "true"
        do {
            let outcome = try injector.inject(pod: pod, namespace: NamespaceMetadata(namespace), drainToken: "none")
            guard case .injected(let settings) = outcome.action else { return nil }
            obstacle = meshes.contains(settings.mesh) ? nil : .missingMesh(settings.mesh)
        } catch {
            obstacle = .refused("\(error)")
        }
    }
}

/// Why a pod does not come up, in words for people.
package struct PodTrouble: Hashable, Sendable {
    /// Kubernetes' own word: `ImagePullBackOff`, `CrashLoopBackOff`, `Unschedulable`, …
    package let reason: String
    package let message: String

    /// The first trouble among the pods; `nil` when none is known. Pods that are going do not count.
    package init?(in pods: [ObservedPod]) {
        for pod in pods.sorted(by: { $0.name < $1.name }) {
            if let trouble = PodTrouble(of: pod) {
                self = trouble
                return
            }
        }
        return nil
    }

    /// The trouble of one pod; `nil` when it has none, is ready or going.
    package init?(of pod: ObservedPod) {
        guard !pod.isReady, !pod.isBeingDeleted else { return nil }
        for container in pod.containers {
            guard let reason = container.waitingReason, !Self.harmless.contains(reason) else { continue }
            self.reason = reason
            message = Self.message(pod, container, reason)
            return
        }
        guard let unschedulable = pod.unschedulable else { return nil }
        reason = "Unschedulable"
        message = "Pod \(pod.name) finds no node: \(unschedulable)"
    }

    /// What every pod goes through.
    private static let harmless: Set<String> = ["ContainerCreating", "PodInitializing"]

    private static func message(_ pod: ObservedPod, _ container: ObservedPod.Container, _ reason: String) -> String {
        let detail = container.waitingMessage.map { ": \($0)" } ?? ""
        switch reason {
        case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError",
            "RegistryUnavailable":
            return "Pod \(pod.name) cannot get its image\(detail). Check spec.webServerImage and spec.imagePullSecrets."
        case "CrashLoopBackOff":
            let exit = container.exitCode.map { " with exit code \($0)" } ?? ""
            let cause = container.terminatedReason.map { " (\($0))" } ?? ""
            let words = container.terminatedMessage.map { ": \($0)" } ?? ""
            return "Pod \(pod.name) ended \(container.restartCount) times, last\(exit)\(cause)\(words). "
                + "Look at its output: kubectl logs --previous \(pod.name)"
        case "CreateContainerConfigError":
            return "Pod \(pod.name) cannot be configured\(detail). Check spec.env, spec.envFrom and spec.configFrom."
        default:
            return "Pod \(pod.name) waits\(detail)."
        }
    }
}

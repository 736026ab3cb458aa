import JSON
import KubeModel

extension InstallDiagnosis {
    /// The Deployments of the operator; usually one.
    var deployment: [Doctor.Finding] {
        switch state.deployments {
        case .absent: return []
        case .unreadable(let why): return [unseen("deployment", why)]
        case .found(let deployments): return deployments.map(examine(deployment:))
        }
    }

    private func examine(deployment: JSONValue) -> Doctor.Finding {
        let name = deployment[path: "metadata", "name"]?.stringValue ?? ""
        let subject = "deployment \(name)"
        let wanted = deployment[path: "spec", "replicas"]?.intValue ?? 1
        let ready = deployment[path: "status", "readyReplicas"]?.intValue ?? 0
        let conditions = deployment[path: "status", "conditions"]?.arrayValue ?? []
        func condition(_ type: String) -> JSONValue? { conditions.first { $0["type"] == .string(type) } }
        if wanted == 0 {
            return problem(subject, "is scaled to zero", "\(state.kubectl) scale deployment \(name) --replicas 2")
        }
        if let failure = condition("ReplicaFailure"), failure["status"] == "True" {
            return problem(
                subject,
                "cannot make its pods: \(failure["message"]?.stringValue ?? "")",
                "\(state.kubectl) describe deployment \(name)"
            )
        }
        if ready == 0 {
            return problem(
                subject,
                "has no ready pod of \(wanted)",
                "\(state.kubectl) describe pods -l app.kubernetes.io/name=swiftlet"
            )
        }
        if let progress = condition("Progressing"), progress["reason"] == "ProgressDeadlineExceeded" {
            return warning(
                subject,
                "does not get on with its rollout: \(progress["message"]?.stringValue ?? "")",
                "see why, or go back: \(state.kubectl) rollout undo deployment \(name)"
            )
        }
        guard ready >= wanted else {
            return warning(
                subject,
                "\(ready) of \(wanted) pods are ready",
                "\(state.kubectl) describe pods -l app.kubernetes.io/name=swiftlet"
            )
        }
        return ok(subject, "\(ready) of \(wanted) pods are ready")
    }

    // MARK: - Pods

    /// The pods of the operator, one finding for each.
    var pods: [Doctor.Finding] {
        switch state.pods {
        case .absent: return []
        case .unreadable(let why): return [unseen("pods", why)]
        case .found(let pods): return pods.map(examine(pod:))
        }
    }

    private func examine(pod: JSONValue) -> Doctor.Finding {
        let name = pod[path: "metadata", "name"]?.stringValue ?? ""
        let subject = "pod \(name)"
        let describe = "\(state.kubectl) describe pod \(name)"
        if pod[path: "metadata", "deletionTimestamp"] != nil { return ok(subject, "is ending") }
        if let phase = pod[path: "status", "phase"]?.stringValue, ["Failed", "Succeeded"].contains(phase) {
            let reason = pod[path: "status", "message"]?.stringValue ?? pod[path: "status", "reason"]?.stringValue ?? ""
            return warning(subject, "has ended (\(phase)) \(reason)", describe)
        }
        let conditions = pod[path: "status", "conditions"]?.arrayValue ?? []
        if let scheduled = conditions.first(where: { $0["type"] == "PodScheduled" }), scheduled["status"] == "False" {
            return problem(subject, "finds no node: \(scheduled["message"]?.stringValue ?? "")", describe)
        }
        let statuses = ["initContainerStatuses", "containerStatuses"].flatMap {
            pod[path: "status", $0]?.arrayValue ?? []
        }
        for status in statuses {
            if let finding = waiting(status, subject, describe, name) { return finding }
        }
        if statuses.isEmpty, pod[path: "status", "phase"] == "Pending" {
            return problem(subject, "is pending: nothing has taken it on yet", describe)
        }
        let restarts = statuses.compactMap { $0["restartCount"]?.intValue }.max() ?? 0
        guard conditions.contains(where: { $0["type"] == "Ready" && $0["status"] == "True" }) else {
            return warning(subject, "runs and is not ready\(ending(of: statuses))", "\(state.kubectl) logs \(name)")
        }
        guard restarts < 5 else {
            return warning(
                subject,
                "was restarted \(restarts) times\(ending(of: statuses))",
                "\(state.kubectl) logs \(name) --previous"
            )
        }
        return ok(subject, "is ready")
    }

    /// What a container waits for, if that is bad news.
    private func waiting(
        _ status: JSONValue,
        _ subject: String,
        _ describe: String,
        _ pod: String
    ) -> Doctor.Finding? {
        guard let waiting = status[path: "state", "waiting"], let reason = waiting["reason"]?.stringValue else {
            return nil
        }
        let words = waiting["message"]?.stringValue ?? ""
        switch reason {
        case "CrashLoopBackOff":
            return problem(
                subject,
                "crashes again and again\(ending(of: [status]))",
                "\(state.kubectl) logs \(pod) --previous"
            )
        case "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull":
            let image = status["image"]?.stringValue ?? ""
            return problem(
                subject,
                "has no image \"\(image)\" (\(reason)): \(words)",
                "mend the image's name or its pull secret: \(describe)"
            )
        case "CreateContainerConfigError", "CreateContainerError", "RunContainerError":
            return problem(subject, "cannot start its container (\(reason)): \(words)", describe)
        default: return nil
        }
    }

    /// How a container ended last, in words to append.
    private func ending(of statuses: [JSONValue]) -> String {
        for status in statuses {
            guard let last = status[path: "lastState", "terminated"] else { continue }
            let reason = last["reason"]?.stringValue ?? "ended"
            if reason == "OOMKilled" { return ": it ran out of its memory limit (OOMKilled); raise it" }
            return ": \(reason), exit code \(last["exitCode"]?.intValue ?? -1)"
        }
        return ""
    }
}

import KubeModel

/// The workload behind a pod that no Service makes reachable, told without asking for other objects.
///
/// The rules are Kuma 2.14's, which looks the owner's owner up. A Deployment names its ReplicaSets `<name>-<pod-template-hash>` and a
/// CronJob its Jobs `<name>-<time>`, so the same is read off the owner's name here.
struct WorkloadName: Hashable {
    var name: String
    var isDeployment = false

    init(of pod: Pod) {
        name = Self.guess(fromPodName: pod.name)
        for owner in pod.ownerReferences {
            switch owner.kind {
            case "ReplicaSet":
                guard let hash = pod.labels["pod-template-hash"], !hash.isEmpty, owner.name.hasSuffix("-\(hash)") else {
                    continue
                }
                name = String(owner.name.dropLast(hash.count + 1))
                isDeployment = true
                return
            case "Job":
                guard let dash = owner.name.lastIndex(of: "-") else { continue }
                let time = owner.name[owner.name.index(after: dash)...]
                guard (8...10).contains(time.count), time.allSatisfy({ "0"..."9" ~= $0 }) else { continue }
                name = String(owner.name[..<dash])
                return
            default: return
            }
        }
    }

    /// What is left without the last two parts, if there are more: right for the pods of Deployments and CronJobs, and what Kuma does
    /// for all others.
    private static func guess(fromPodName name: String) -> String {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count > 2 ? parts.dropLast(2).joined(separator: "-") : name
    }
}

import KubeModel

/// The workload behind a pod that no Service makes reachable, told without asking for other objects.
///
/// The rules are Kuma 2.14's, which looks the owner's owner up: the Deployment of a ReplicaSet and the CronJob of a Job, those themselves
/// when nobody owns them, the owner itself when it is of another kind, and the pod when nobody owns it. A Deployment names its ReplicaSets
/// `<name>-<pod-template-hash>` and a CronJob its Jobs `<name>-<time>`, so that the same is read off the owner's name here.
struct WorkloadName: Hashable {
    var name: String
    var isDeployment = false

    init(of pod: Pod) {
        name = pod.name
        for owner in pod.ownerReferences {
            switch owner.kind {
            case "ReplicaSet":
                if let deployment = Self.name(owner.name, before: pod.labels["pod-template-hash"]) {
                    name = deployment
                    isDeployment = true
                    return
                }
                // Owned by something that is no Deployment, which Kuma passes over.
                if Self.name(owner.name, before: pod.labels["rollouts-pod-template-hash"]) != nil { continue }
                name = owner.name
                return
            case "Job":
                name = Self.cronJob(of: owner.name) ?? owner.name
                return
            default:
                name = owner.name
                return
            }
        }
    }

    private static func name(_ owner: String, before hash: String?) -> String? {
        guard let hash, !hash.isEmpty, owner.hasSuffix("-\(hash)"), owner.utf8.count > hash.utf8.count + 1 else {
            return nil
        }
        return String(owner.dropLast(hash.count + 1))
    }

    /// The CronJob whose Job has this name; `nil` when it seems to have been made by hand.
    ///
    /// The time is in minutes since 1970, before Kubernetes 1.21 in seconds. A day such as 20260131 is no such number of minutes.
    private static func cronJob(of job: String) -> String? {
        guard let dash = job.lastIndex(of: "-"), dash > job.startIndex else { return nil }
        let digits = job[job.index(after: dash)...]
        guard digits.allSatisfy({ "0"..."9" ~= $0 }), let time = UInt64(digits) else { return nil }
        // The years 2017 to 2045.
        let isTime = digits.count == 8 ? minutes.contains(time) : digits.count == 10 && minutes.contains(time / 60)
        return isTime ? String(job[..<dash]) : nil
    }

    private static let minutes: Range<UInt64> = 24_700_000..<40_000_000
}

import JSON
import KubeModel
import SwiftletAPI

/// What a WebServer's status should say.
struct WebServerAssessment {
    let webServer: WebServer
    let observation: WebServerObservation
    /// What is wrong with the spec; empty for a valid one.
    let problems: [String]
    /// Foreign objects in the way.
    let conflicts: [String]
    /// What last went wrong while writing.
    let failure: WebServerPlanner.Failure?
    let hasPendingWrites: Bool
    let now: Timestamp

    /// One condition without its times.
    struct Finding: Hashable {
        var status: Condition.Status
        var reason: String
        var message: String

        static func yes(_ reason: String, _ message: String) -> Finding {
            Finding(status: .yes, reason: reason, message: message)
        }
        static func no(_ reason: String, _ message: String) -> Finding {
            Finding(status: .no, reason: reason, message: message)
        }
        static func unknown(_ reason: String, _ message: String) -> Finding {
            Finding(status: .unknown, reason: reason, message: message)
        }
    }

    var status: WebServerStatus {
        var status = WebServerStatus()
        status.observedGeneration = webServer.metadata.generation
        if let deployment {
            status.replicas = Int(deployment.replicas)
            status.readyReplicas = Int(deployment.readyReplicas)
            status.updatedReplicas = Int(deployment.updatedReplicas)
        }
        status.selector = LabelSelector(matchLabels: WebServerNames.podSelector(webServer.metadata.name)).queryText
        status.url = url
        status.conditions = conditions
        return status
    }

    // MARK: - Conditions

    private var conditions: [Condition] {
        let available = deploymentAvailable
        let storage = storageBound
        let ingress = ingressAdmitted
        let features = featuresServed
        let stalled = self.stalled
        let ready = self.ready(available: available, storage: storage, ingress: ingress, stalled: stalled)
        let findings: [(String, Finding?)] = [
            ("Ready", ready), ("Reconciling", reconciling(ready: ready, stalled: stalled)), ("Stalled", stalled),
            ("DeploymentAvailable", available), ("StorageBound", storage), ("IngressAdmitted", ingress),
            ("FeaturesServed", features),
        ]
        return findings.compactMap { type, finding in finding.map { condition(type, $0) } }
    }

    private func condition(_ type: String, _ finding: Finding) -> Condition {
        let previous = webServer.status?.conditions[type: type]
        return Condition(
            type: type,
            status: finding.status,
            reason: finding.reason,
            message: finding.message,
            observedGeneration: webServer.metadata.generation,
            lastTransitionTime: previous?.status == finding.status ? previous?.lastTransitionTime ?? now : now
        )
    }

    private func ready(available: Finding, storage: Finding?, ingress: Finding?, stalled: Finding) -> Finding {
        if stalled.status == .yes { return .no(stalled.reason, stalled.message) }
        if let failure { return .no(failure.reason, failure.message) }
        for part in [storage, available, ingress].compactMap(\.self) where part.status == .no {
            return .no(part.reason, part.message)
        }
        if let rollout = rolloutInProgress { return rollout }
        let count = deployment?.readyReplicas ?? 0
        return .yes("Available", "\(count) of \(deployment?.wantedReplicas ?? 0) replicas are ready.")
    }

    /// As kstatus reads it: true while the operator or the cluster is still at work, false when done or stuck.
    private func reconciling(ready: Finding, stalled: Finding) -> Finding {
        if webServer.spec.paused {
            return .no("Paused", "spec.paused is true: nothing is changed until it is false.")
        }
        if stalled.status == .yes { return .no("Stalled", "See the condition Stalled.") }
        if let failure { return .yes(failure.reason, failure.message) }
        if ready.status == .yes, !hasPendingWrites { return .no("UpToDate", "Everything is as the spec asks for.") }
        return .yes("Progressing", ready.status == .yes ? "Writing what changed." : ready.message)
    }

    /// What does not go away by waiting.
    private var stalled: Finding {
        if !problems.isEmpty { return .yes("InvalidSpec", problems.joined(separator: "; ")) }
        if !conflicts.isEmpty {
            let objects = conflicts.joined(separator: ", ")
            return .yes(
                "NameConflict",
                "\(objects) exists and is not owned by this WebServer, so it is left alone. "
                    + "Delete or rename it, or give the WebServer another name."
            )
        }
        if let failure, failure.isLasting { return .yes(failure.reason, failure.message) }
        if deployment?.progressDeadlineExceeded == true {
            let detail = PodTrouble(in: observation.pods)?.message ?? "See the pods' events."
            return .yes("ProgressDeadlineExceeded", "The rollout made no progress for too long. \(detail)")
        }
        if let refusal = deployment?.podRefusal {
            return .yes("ReplicaFailure", "Pods are refused: \(refusal)")
        }
        return .no("NotStalled", "No error that needs manual intervention.")
    }

    // MARK: - Deployment

    private var deployment: DeploymentState? {
        guard let observed = observation.children[.deployment],
            observed.metadata.controller?.name == webServer.metadata.name
        else { return nil }
        return DeploymentState(observed)
    }

    private var deploymentAvailable: Finding {
        guard let deployment else {
            guard observation.children[.deployment] == nil else {
                return .no("NameConflict", "The Deployment of this name belongs to somebody else.")
            }
            return .no("Creating", "The Deployment does not exist yet.")
        }
        if deployment.isAvailable {
            if deployment.wantedReplicas == 0 { return .yes("ScaledToZero", "No replicas are asked for.") }
            return .yes("MinimumReplicasAvailable", "\(deployment.availableReplicas) replicas are available.")
        }
        return trouble
            ?? .no(
                "Progressing",
                "Waiting for the pods: \(deployment.readyReplicas) of \(deployment.wantedReplicas) are ready."
            )
    }

    /// Why the present spec is not served by all replicas, though some serve; `nil` when it is.
    private var rolloutInProgress: Finding? {
        guard let deployment else { return nil }
        // An autoscaler changes the number of replicas all the time: that is no rollout.
        let isDone =
            webServer.spec.autoscaling == nil
            ? deployment.isRolledOut : deployment.isObserved && deployment.updatedReplicas == deployment.replicas
        if isDone { return nil }
        return trouble
            ?? .no(
                "RollingOut",
                "\(deployment.updatedReplicas) of \(deployment.wantedReplicas) replicas have the present spec, "
                    + "\(deployment.availableReplicas) are available."
            )
    }

    private var trouble: Finding? {
        if let missing = missingConfig { return missing }
        if let failure = deployment?.replicaFailure {
            return .no("ReplicaFailure", "Pods cannot be created: \(failure)")
        }
        return PodTrouble(in: observation.pods).map { .no($0.reason, $0.message) }
    }

    private var missingConfig: Finding? {
        for source in webServer.spec.configFrom {
            guard let key = source.key, source.reference?.optional == false, observation.configDigests[key] == nil
            else { continue }
            return .no(
                "\(key.resource.kind)NotFound",
                "\(key.description) of spec.configFrom does not exist in namespace \(webServer.metadata.namespace). "
                    + "Create it, or set optional: true."
            )
        }
        return nil
    }

    // MARK: - Storage, ingress, features

    private var storageBound: Finding? {
        guard let section = webServer.spec.persistentVolumeClaim else { return nil }
        let name = "PersistentVolumeClaim \"\(section.name)\""
        guard let claim = observation.claim else {
            if section.createIfNotExists { return .no("Creating", "\(name) does not exist yet.") }
            return .no(
                "PersistentVolumeClaimNotFound",
                "\(name) does not exist in namespace \(webServer.metadata.namespace). "
                    + "Create it, or set spec.persistentVolumeClaim.createIfNotExists: true."
            )
        }
        switch claim.phase {
        case "Bound":
            return .yes("Bound", "\(name) is bound. \(rolloutNote)")
        case "Lost":
            return .no("Lost", "\(name) lost its volume. Restore the volume or use another claim.")
        default:
            let storageClass = claim.storageClass.map { "of storage class \"\($0)\"" } ?? "of no storage class"
            return .no(
                "Pending",
                "\(name) \(storageClass) waits for a volume. If this lasts, see: "
                    + "kubectl describe pvc \(section.name) -n \(webServer.metadata.namespace)"
            )
        }
    }

    private var rolloutNote: String {
        guard DeploymentIntent.needsRecreate(webServer.spec, claim: observation.claim) else {
            return "Several nodes can mount it: pods are replaced one by one."
        }
        let modes = observation.claim?.accessModes.joined(separator: ", ") ?? ""
        let several = (deployment?.wantedReplicas ?? 0) > 1 ? ", and all replicas must run on that node" : ""
        return
            "Only one node can mount it (\(modes)): a change stops the old pods before it starts new ones (strategy Recreate)\(several)."
    }

    private var ingressAdmitted: Finding? {
        guard let section = webServer.spec.ingress else { return nil }
        guard observation.served.ingress != nil else {
            return .no(
                "KindNotServed",
                "This cluster does not serve networking.k8s.io/v1 Ingress; the web server has a Service only."
            )
        }
        if let holder = observation.ingressHolder {
            // Who that is, is nobody's business in another namespace.
            let who =
                holder.namespace == webServer.metadata.namespace
                ? "WebServer \"\(holder.name)\"" : "A WebServer of another namespace"
            return .no(
                "HostTaken",
                "\(who) has \(IngressPlace(section)) already, so no Ingress is made. Choose another host or path, or delete that one."
            )
        }
        if let name = section.ingressClass, case .known(let classes) = observation.ingressClasses,
            !classes.contains(name)
        {
            let others = classes.isEmpty ? "There is none." : "There are: \(classes.sorted().joined(separator: ", "))."
            return .no(
                "IngressClassNotFound",
                "IngressClass \"\(name)\" does not exist. \(others) Install its controller, or change spec.ingress.ingressClass."
            )
        }
        guard let ingress = observation.children[.ingress] else {
            return .no("Creating", "The Ingress does not exist yet.")
        }
        let addresses = ingress.status[path: "loadBalancer", "ingress"]?.arrayValue ?? []
        let first = addresses.lazy.compactMap { $0["hostname"]?.stringValue ?? $0["ip"]?.stringValue }.first
        if let first { return .yes("AddressAssigned", "The ingress controller serves it at \(first).") }
        return .unknown(
            "AddressNotPublished",
            "No ingress controller has published an address. Some never do; otherwise see that one for the class runs."
        )
    }

    /// Only there when something that the spec asks for cannot be had.
    private var featuresServed: Finding? {
        var missing: [String] = []
        if webServer.spec.autoscaling != nil, observation.served.autoscaler == nil {
            missing.append("HorizontalPodAutoscaler.autoscaling (spec.autoscaling)")
        }
        if webServer.spec.disruptionBudget != nil, observation.served.disruptionBudget == nil {
            missing.append("PodDisruptionBudget.policy (spec.disruptionBudget)")
        }
        if webServer.spec.disruptionBudget?.unhealthyPodEvictionPolicy != nil,
            observation.served.disruptionBudget != nil, !observation.served.hasUnhealthyPodEvictionPolicy
        {
            missing.append("unhealthyPodEvictionPolicy of PodDisruptionBudgets (Kubernetes 1.27 or newer)")
        }
        guard !missing.isEmpty else { return nil }
        return .no(
            "KindNotServed",
            "This cluster does not serve \(missing.joined(separator: " or ")); everything else works."
        )
    }

    private var url: String {
        if let ingress = webServer.spec.ingress, observation.served.ingress != nil, observation.ingressHolder == nil,
            let host = ingress.host,
            !host.hasPrefix("*")
        {
            return "\(ingress.tls == nil ? "http" : "https")://\(host)\(ingress.path)"
        }
        let port = webServer.spec.service.port == 80 ? "" : ":\(webServer.spec.service.port)"
        return "http://\(webServer.metadata.name).\(webServer.metadata.namespace).svc\(port)/"
    }
}

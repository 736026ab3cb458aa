import JSON
import KubeModel
import SwiftletAPI

/// What is wrong with an install, and which command comes next. Pure: from what was seen to what it means.
///
/// Each check stands by itself: what one could not look at is told, and the others go on.
package struct InstallDiagnosis: Sendable {
    let state: InstallState
    /// Those of this program.
    let known: [CustomResourceDefinition]

    package init(_ state: InstallState, definitions: [CustomResourceDefinition]) {
        self.state = state
        known = definitions
    }

    /// All findings, in the order in which they are worth reading.
    package var findings: [Doctor.Finding] {
        guard state.isInstalled else { return definitions + elsewhere + objects }
        return namespace + definitions + deployment + pods + readiness + lease + webhooks + certificates + objects
            + podSecurity + sidecars + trust
    }

    // MARK: - Words

    func ok(_ subject: String, _ message: String) -> Doctor.Finding {
        Doctor.Finding(severity: .ok, subject: subject, message: message)
    }

    func warning(_ subject: String, _ message: String, _ remedy: String) -> Doctor.Finding {
        Doctor.Finding(severity: .warning, subject: subject, message: message, remedy: remedy)
    }

    func problem(_ subject: String, _ message: String, _ remedy: String) -> Doctor.Finding {
        Doctor.Finding(severity: .problem, subject: subject, message: message, remedy: remedy)
    }

    /// What could not be looked at is no news of it, good or bad.
    func unseen(_ subject: String, _ why: String) -> Doctor.Finding {
        warning(subject, "cannot be looked at: \(why)", "ask again as somebody who may see it")
    }

    // MARK: - The place

    private var namespace: [Doctor.Finding] {
        let subject = "namespace \(state.names.namespace)"
        switch state.namespace {
        case .absent: return []
        case .unreadable(let why): return [unseen(subject, why)]
        case .found(let namespace):
            guard namespace[path: "status", "phase"] == "Terminating" else { return [ok(subject, "is there")] }
            let conditions = namespace[path: "status", "conditions"]?.arrayValue ?? []
            let words = conditions.filter { $0["status"] == "True" }.compactMap { $0["message"]?.stringValue }
            return [
                problem(
                    subject,
                    "is being deleted. \(words.joined(separator: " "))",
                    "see what holds it: kubectl get namespace \(state.names.namespace) -o yaml"
                )
            ]
        }
    }

    /// There is no operator in the namespace.
    private var elsewhere: [Doctor.Finding] {
        let subject = "operator"
        if let why = state.deployments.obstacle { return [unseen(subject, why)] }
        let place = state.namespace.isAbsent ? "there is no namespace" : "nothing of it runs in namespace"
        var findings = [
            warning(
                subject,
                "\(place) \(state.names.namespace): it runs elsewhere, or not at all",
                "install it: helm install swiftlet manifests/swiftlet -n \(state.names.namespace) --create-namespace; "
                    + "or say where it is: --operator-namespace"
            )
        ]
        // Whoever asks a webhook that nobody serves refuses objects.
        for (key, webhook) in state.webhooks.sorted(by: { $0.key < $1.key }) {
            guard let configuration = webhook.value, asksTheService(configuration) else { continue }
            let closed = failsClosed(configuration)
            findings.append(
                Doctor.Finding(
                    severity: closed ? .problem : .warning,
                    subject: "\(key)",
                    message: "is left although there is no operator to answer"
                        + (closed ? ": objects that it asks about are refused" : ""),
                    remedy: "remove it: kubectl delete \(key.kind.lowercased()) \(key.name)"
                )
            )
        }
        return findings
    }
}

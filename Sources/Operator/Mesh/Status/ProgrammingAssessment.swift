import KubeModel
import KubeRuntime
import SwiftletAPI

/// What the status of a Mesh or a TrafficRoute should say. Pure.
struct ProgrammingAssessment {
    /// Of the object, as it is stored.
    var generation: Int64
    var previous: ProgrammingStatus?
    /// Why the object decides nothing; empty for one that is right.
    var problems: [FieldError]
    /// Why it does not count although it is right, such as a mesh that is not there.
    var obstacle: (reason: String, message: String)?
    /// Fields that are accepted and have no effect.
    var inactiveFields: [String] = []
    var delivery: ObjectDelivery
    /// Sidecars of a mesh that run and are not connected.
    var unconnected: [SidecarConnections.Finding] = []
    var now: Timestamp

    var status: ProgrammingStatus {
        var status = ProgrammingStatus()
        status.observedGeneration = generation
        status.proxies = delivery.counts
        status.conditions = [condition("Accepted", accepted), condition("Programmed", programmed)]
        if !unconnected.isEmpty { status.conditions.append(condition("SidecarsConnected", sidecarsConnected)) }
        if !inactiveFields.isEmpty { status.conditions.append(condition("FieldsActive", fieldsActive)) }
        return status
    }

    /// The most of a condition's message in bytes: Envoy's words may be long.
    static let messageLimit = 4096

    private typealias Finding = (status: Condition.Status, reason: String, message: String)

    private var accepted: Finding {
        if !problems.isEmpty {
            return (.no, "Invalid", problems.map(\.description).joined(separator: "; "))
        }
        if let obstacle { return (.no, obstacle.reason, obstacle.message) }
        return (.yes, "Accepted", "Valid and in use.")
    }

    private var programmed: Finding {
        let counts = delivery.counts
        guard accepted.status == .yes else {
            return (.no, accepted.reason, "Not taken on: see the condition Accepted.")
        }
        if counts.rejected > 0 {
            let refused = delivery.rejections.map { "\($0.resource): \($0.message)" }.joined(separator: "; ")
            return (
                .no, "Rejected",
                "\(Self.proxies(counts.rejected)) of \(counts.total) refused it and keep what they had. \(refused)"
            )
        }
        if counts.total == 0 { return (.yes, "NoProxies", "No connected proxy is concerned.") }
        if counts.pending > 0 {
            return (.no, "Pending", "\(counts.acked) of \(Self.proxies(counts.total)) have it.")
        }
        return (.yes, "Programmed", "All \(Self.proxies(counts.total)) have it.")
    }

    private var fieldsActive: Finding {
        (
            .no, "NotYetActive",
            "Accepted, but without any effect in this version: \(inactiveFields.joined(separator: ", "))."
        )
    }

    private var sidecarsConnected: Finding {
        let named = unconnected.prefix(SidecarConnections.mostNamed).map { finding in
            finding.reason.map { "\(finding.pod) (\($0))" } ?? "\(finding.pod)"
        }
        let more = unconnected.count - named.count
        let pods =
            unconnected.count == 1 ? "1 pod has a sidecar that is" : "\(unconnected.count) pods have sidecars that are"
        return (
            .no, "NotConnected",
            "\(pods) running but not connected, with an old configuration or none: \(named.joined(separator: ", "))"
                + (more > 0 ? ", and \(more) more." : ".")
        )
    }

    private static func proxies(_ count: Int) -> String { count == 1 ? "1 proxy" : "\(count) proxies" }

    private func condition(_ type: String, _ finding: Finding) -> Condition {
        let known = previous?.conditions[type: type]
        return Condition(
            type: type,
            status: finding.status,
            reason: finding.reason,
            message: finding.message.prefix(bytes: Self.messageLimit),
            observedGeneration: generation,
            lastTransitionTime: known?.status == finding.status ? known?.lastTransitionTime ?? now : now
        )
    }
}

import JSON
import KubeModel
import SwiftletAPI
import WebServers

/// What there is to say about a WebServer before it is stored. Pure.
struct WebServerReview {
    /// What it would meet in the cluster.
    struct Surroundings {
        /// Others that ask for the same host and path of the same ingress controller.
        var rivals: [ObjectKey] = []
        /// The claim that the spec names.
        var claim: ObservedClaim?
        /// Other WebServers that mount the same claim.
        var claimSharers: [String] = []
        /// Objects of the children's kinds and its name that are not its own.
        var strangers: [ObjectIdentity] = []
    }

    let webServer: WebServer
    /// As it is stored; `nil` for a new one.
    let old: WebServer?
    /// Of ``webServer``.
    let surroundings: Surroundings
    /// Of ``old``.
    let oldSurroundings: Surroundings
    /// The annotations that Ingresses may have.
    var allowedAnnotations: IngressAnnotations = .standard

    var verdict: ValidationVerdict {
        let present = findings(webServer, surroundings) + claimChanges
        return ValidationVerdict(present, before: old.map { findings($0, oldSurroundings) })
    }

    private func findings(_ webServer: WebServer, _ surroundings: Surroundings) -> [FieldError] {
        var findings = webServer.validate(allowed: allowedAnnotations) + webServer.advice
        if let place = webServer.ingressPlace, !surroundings.rivals.isEmpty {
            // Names of other namespaces are nobody's business.
            let own = surroundings.rivals.first { $0.namespace == webServer.metadata.namespace }
            let who = own.map { "WebServer \"\($0.name)\"" } ?? "a WebServer of another namespace"
            findings.append(
                FieldError(["spec", "ingress"], "\(place) is taken by \(who): choose another host or path")
            )
        }
        if let volume = webServer.spec.persistentVolumeClaim {
            findings += Self.claimWarnings(volume, webServer, surroundings)
        }
        if !surroundings.strangers.isEmpty {
            let objects = surroundings.strangers.map(\.description).sorted().joined(separator: ", ")
            findings.append(
                .warning(
                    ["metadata", "name"],
                    "\(objects) exists and belongs to somebody else: it will be left alone, and the WebServer will not be ready"
                )
            )
        }
        return findings
    }

    private static func claimWarnings(
        _ volume: VolumeSection,
        _ webServer: WebServer,
        _ surroundings: Surroundings
    ) -> [FieldError] {
        let path: FieldPath = ["spec", "persistentVolumeClaim"]
        var warnings: [FieldError] = []
        let modes = surroundings.claim?.accessModes ?? volume.accessModes.map(\.rawValue)
        let isForOneNode = !modes.contains("ReadWriteMany") && !modes.contains("ReadOnlyMany")
        let most = webServer.spec.autoscaling?.maxReplicas ?? webServer.spec.replicas
        // What is created by us is warned of by the spec's own rules.
        if isForOneNode, most > 1, surroundings.claim != nil || !volume.createIfNotExists {
            warnings.append(
                .warning(
                    path.appending(key: "name"),
                    "claim \"\(volume.name)\" can be mounted by one node only, and there may be \(most) pods: those on other nodes will not start"
                )
            )
        }
        if isForOneNode, !surroundings.claimSharers.isEmpty {
            let names = surroundings.claimSharers.sorted().joined(separator: ", ")
            warnings.append(
                .warning(
                    path.appending(key: "name"),
                    "claim \"\(volume.name)\" is used by WebServer \(names) as well, and one node only can mount it"
                )
            )
        }
        if let claim = surroundings.claim, volume.createIfNotExists {
            for (field, message) in contradictions(of: volume, to: claim) {
                warnings.append(.warning(path.appending(key: field), message))
            }
        }
        return warnings
    }

    /// A claim that exists is used as it is: a change of what it should be would have no effect for ever.
    private var claimChanges: [FieldError] {
        guard let old = old?.spec.persistentVolumeClaim, let new = webServer.spec.persistentVolumeClaim,
            old.name == new.name, new.createIfNotExists, let claim = surroundings.claim
        else { return [] }
        let before = Set(Self.contradictions(of: old, to: claim).map(\.field))
        return Self.contradictions(of: new, to: claim).filter { !before.contains($0.field) }.map { field, message in
            FieldError(["spec", "persistentVolumeClaim", .key(field)], message)
        }
    }

    private static func contradictions(
        of volume: VolumeSection,
        to claim: ObservedClaim
    ) -> [(field: String, message: String)] {
        var result: [(field: String, message: String)] = []
        let remedy = "which is never changed. Use a claim of another name, or leave it"
        if let wanted = volume.storageClass, wanted != claim.storageClass ?? "" {
            let has = claim.storageClass.map { "storage class \"\($0)\"" } ?? "no storage class"
            result.append(("storageClass", "claim \"\(volume.name)\" exists with \(has), \(remedy)"))
        }
        if Set(volume.accessModes.map(\.rawValue)) != Set(claim.accessModes), !claim.accessModes.isEmpty {
            let modes = claim.accessModes.joined(separator: ", ")
            result.append(("accessModes", "claim \"\(volume.name)\" exists with \(modes), \(remedy)"))
        }
        return result
    }
}

import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import WebServers

/// Looks at a cluster with the operator's eyes: what it serves, what it forbids, how the install is, and what to do about it. Changes nothing.
package struct Doctor: Sendable {
    /// One thing that was looked at.
    package struct Finding: Hashable, Sendable {
        package enum Severity: String, Hashable, Sendable {
            case ok
            /// Something costs a feature.
            case warning
            /// The operator cannot do its work.
            case problem
        }

        package var severity: Severity
        package var subject: String
        package var message: String
        /// What a person can do; empty when nothing needs to be done.
        package var remedy: String = ""

        package init(severity: Severity, subject: String, message: String, remedy: String = "") {
            self.severity = severity
            self.subject = subject
            self.message = message
            self.remedy = remedy
        }
    }

    private let client: KubeClient
    private let discovery: Discovery
    /// `nil` for all namespaces.
    private let namespace: String?
    /// Where to look for an install; `nil` looks only at what the cluster offers.
    private let install: InstallState.Place?
    private let now: Timestamp

    package init(
        client: KubeClient,
        discovery: Discovery,
        namespace: String?,
        install: InstallState.Place? = nil,
        now: Timestamp = Timestamp(secondsSinceEpoch: 0)
    ) {
        self.client = client
        self.discovery = discovery
        self.namespace = namespace
        self.install = install
        self.now = now
    }

    /// All findings, in the order in which they are worth reading.
    ///
    /// - Throws: ``KubeError`` when the server cannot be asked at all.
    package func examine() async throws -> [Finding] {
        let version = try await discovery.serverVersion()
        var findings = [Finding(severity: .ok, subject: "server", message: "Kubernetes \(version.gitVersion)")]
        let served = try await discovery.servedResources()
        var told = InstallSettings.unseen
        var account: String?
        var diagnosis: [Finding] = []
        if let install {
            let definitions = try CustomResourceDefinitions.all()
            let state = await InstallLookout(
                client: client,
                served: served,
                definitions: definitions,
                namespace: namespace
            ).look(at: install, now: now)
            diagnosis = InstallDiagnosis(state, definitions: definitions).findings
            (told, account) = (state.settings, state.serviceAccount)
        }
        let asked = namespace.map(told.looking(at:)) ?? told
        findings += kinds(served, version, asked) + diagnosis
        let place = install?.namespace
        var rights: [Finding] = []
        let needed = asked.rights(operatorNamespace: place ?? "") + (place.map(told.rightsAtHome) ?? [])
        for right in needed { rights += await self.rights(right, of: account) }
        return findings + Self.summed(rights, of: account)
    }

    /// Of somebody who may nothing there is one thing to tell.
    private static func summed(_ rights: [Finding], of account: String?) -> [Finding] {
        guard rights.count > 1, rights.allSatisfy({ $0.severity == .problem }) else { return rights }
        return [
            Finding(
                severity: .problem,
                subject: "rights",
                message:
                    "\(account ?? "whoever asks") may nothing of what the operator needs: its role is missing or not bound",
                remedy: rights[0].remedy
            )
        ]
    }

    // MARK: - Kinds

    private func kinds(
        _ served: ServedResources,
        _ version: ServerVersion,
        _ settings: InstallSettings
    ) -> [Finding] {
        var findings: [Finding] = []
        if settings.hasWebServers {
            let own = WebServer.resource
            let isServed = served.contains(own.groupVersionKind)
            findings.append(
                Finding(
                    severity: isServed ? .ok : .problem,
                    subject: "\(own)",
                    message: isServed ? "\(own.version) is served" : "is not installed",
                    remedy: isServed ? "" : "install the resource: swiftlet crds | kubectl apply --server-side -f -"
                )
            )
        }
        for resource in [Mesh.resource, TrafficRoute.resource] where settings.hasMesh {
            let isServed = served.contains(resource.groupVersionKind)
            findings.append(
                Finding(
                    severity: isServed ? .ok : .warning,
                    subject: "\(resource)",
                    message: isServed ? "\(resource.version) is served" : "is not installed: there is no mesh",
                    remedy: isServed ? "" : "install the resources: swiftlet crds | kubectl apply --server-side -f -"
                )
            )
        }
        guard settings.hasWebServers else { return findings }
        let kinds = ServedKinds(served, version: version)
        let optional: [(APIResource, APIResource?, String)] = [
            (.ingresses, kinds.ingress, "spec.ingress"),
            (.ingressClasses, kinds.ingressClass, "telling a missing ingress class"),
            (.horizontalPodAutoscalers, kinds.autoscaler, "spec.autoscaling"),
            (.podDisruptionBudgets, kinds.disruptionBudget, "spec.disruptionBudget"),
        ]
        // What is in no namespace is not read where single ones are looked after.
        for (wanted, found, feature) in optional where settings.namespaces.isEmpty || wanted.isNamespaced {
            guard let found else {
                findings.append(
                    Finding(
                        severity: .warning,
                        subject: "\(wanted)",
                        message: "is not served in a version that Swiftlet knows: \(feature) does nothing here"
                    )
                )
                continue
            }
            findings.append(Finding(severity: .ok, subject: "\(wanted)", message: "\(found.version) is served"))
        }
        return findings
    }

    // MARK: - Rights

    /// - Parameter account: the operator's service account, `nil` for whoever asks.
    private func rights(_ right: InstallSettings.NeededRight, of account: String?) async -> [Finding] {
        let (permission, namespace) = (right.permission, right.namespace)
        var denied: [String] = []
        do {
            for verb in permission.verbs where try await !isAllowed(verb, permission, in: namespace, account) {
                denied.append(verb)
            }
        } catch {
            let message = "it cannot be asked who may what: \(error)"
            return [Finding(severity: .warning, subject: permission.subject, message: message)]
        }
        guard !denied.isEmpty else {
            let verbs = permission.verbs.joined(separator: ", ")
            return [Finding(severity: .ok, subject: permission.subject, message: "may \(verbs)")]
        }
        let place = namespace.map { "in namespace \($0)" } ?? "in all namespaces"
        return [
            Finding(
                severity: .problem,
                subject: permission.subject,
                message: "may not \(denied.joined(separator: ", ")) \(place), so cannot \(permission.purpose)",
                remedy: "grant the roles that the chart makes, or those of: swiftlet crds --role"
            )
        ]
    }

    private func isAllowed(
        _ verb: String,
        _ permission: Permission,
        in namespace: String?,
        _ account: String?
    ) async throws -> Bool {
        let place = account?.split(separator: ":").dropFirst(2).first.map { "system:serviceaccounts:\($0)" }
        let review: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1",
            "kind": account == nil ? "SelfSubjectAccessReview" : "SubjectAccessReview",
            "spec": .compact([
                "user": account.map { .string($0) },
                "groups": place.map { ["system:serviceaccounts", .string($0), "system:authenticated"] },
                "resourceAttributes": .compact([
                    "group": .string(permission.resource.group), "resource": .string(permission.resource.plural),
                    "subresource": permission.subresource.map(JSONValue.string), "verb": .string(verb),
                    "namespace": permission.resource.isNamespaced ? namespace.map(JSONValue.string) : nil,
                    "name": permission.names.first.map(JSONValue.string),
                ]),
            ]),
        ]
        let kind = account == nil ? APIResource.selfSubjectAccessReviews : .subjectAccessReviews
        let answer = try await client.create(kind, review)
        return answer[path: "status", "allowed"]?.boolValue ?? false
    }
}

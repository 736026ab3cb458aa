import JSON
import KubeApply
import KubeClient
import KubeModel
import SwiftletAPI
import WebServers

/// Goes once over some WebServers: tells what would be done, or does it.
package struct ReconcileOnce: Sendable {
    private let state: any ClusterState
    private let prediction: WebServerDryRun.Prediction
    private let allowedAnnotations: IngressAnnotations
    private let now: Timestamp

    /// - Parameter allowedAnnotations: the annotations that Ingresses may have.
    package init(
        state: any ClusterState,
        prediction: WebServerDryRun.Prediction,
        allowedAnnotations: IngressAnnotations = .standard,
        now: Timestamp
    ) {
        self.state = state
        self.prediction = prediction
        self.allowedAnnotations = allowedAnnotations
        self.now = now
    }

    /// What would happen after these manifests were applied, in their order; their other objects count as present.
    ///
    /// - Throws: ``ManifestError`` or ``KubeError``.
    package func reports(on manifests: [Manifest]) async throws -> [WebServerReport] {
        let (webServers, others) = try split(manifests)
        let layered = others.isEmpty ? state : LayeredState(ManifestState(others.map(\.object)), over: state)
        var checked: [CheckedWebServer] = []
        for (index, manifest) in webServers.enumerated() {
            var one = try CheckedWebServer(manifest, allowed: allowedAnnotations)
            // Those that are new come into being one after the other.
            let created = Timestamp(secondsSinceEpoch: now.secondsSinceEpoch + Int64(index))
            one.manifest = try await stored(one.manifest, in: layered, orCreatedAt: created)
            checked.append(one)
        }
        // They meet each other as well.
        let together = LayeredState(ManifestState(checked.map(\.manifest)), over: layered)
        let dryRun = dryRun(together, prediction)
        var reports: [WebServerReport] = []
        for one in checked {
            var report = try await dryRun.report(on: try WebServer(one.manifest.value))
            report.warnings = one.warnings
            reports.append(report)
        }
        return reports
    }

    /// What would happen to the WebServers that are stored.
    ///
    /// - Parameter namespace: `nil` for all.
    package func reports(namespace: String?) async throws -> [WebServerReport] {
        let dryRun = dryRun(state, prediction)
        var reports: [WebServerReport] = []
        for webServer in try await stored(namespace) { reports.append(try await dryRun.report(on: webServer)) }
        return reports
    }

    /// Applies the WebServers of the manifests (or takes those that are stored) and writes their children and status once.
    ///
    /// - Returns: what was done.
    /// - Throws: ``ManifestError`` or ``KubeError``; what was written before stays.
    package func perform(_ manifests: [Manifest]?, namespace: String?, client: KubeClient) async throws
        -> [WebServerReport]
    {
        let dryRun = dryRun(state, .local)
        let executor = PlanExecutor(client: client)
        var reports: [WebServerReport] = []
        let webServers: [WebServer]
        if let manifests {
            webServers = try await applied(manifests, client: client)
        } else {
            webServers = try await stored(namespace)
        }
        for webServer in webServers {
            let report = try await perform(webServer, dryRun, executor)
            if let action = try WebServerPlanner.statusAction(report.status, for: webServer) {
                try await executor.perform(action)
            }
            reports.append(report)
        }
        return reports
    }

    /// How often a WebServer is planned when others write at the same time.
    private static let attempts = 4

    /// Writes the children of a WebServer. A conflict is somebody else being faster: what they did is read, and planned for.
    private func perform(
        _ webServer: WebServer,
        _ dryRun: WebServerDryRun,
        _ executor: PlanExecutor
    ) async throws -> WebServerReport {
        var earlier: [PlannedChange] = []
        var attempt = 0
        while true {
            attempt += 1
            var report = try await dryRun.report(on: webServer)
            let failure = await executor.perform(report.plan).failure
            let identities = Set(report.changes.map(\.identity))
            report.changes = earlier.filter { !identities.contains($0.identity) } + report.changes
            guard let failure else { return report }
            guard failure.isConflict, attempt < Self.attempts else { throw failure }
            earlier = report.changes
        }
    }

    /// The WebServers among the manifests, and the rest.
    private func split(_ manifests: [Manifest]) throws -> (webServers: [Manifest], others: [Manifest]) {
        func isWebServer(_ manifest: Manifest) -> Bool {
            manifest.object.groupVersionKind.groupKind == WebServer.resource.groupKind
        }
        if let unknown = manifests.first(where: {
            isWebServer($0) && $0.object.apiVersion != WebServer.resource.apiVersion
        }) {
            throw unknown.error(
                at: ["apiVersion"],
                "unknown version; \(WebServer.resource.apiVersion) is the one there is"
            )
        }
        return (manifests.filter(isWebServer), manifests.filter { !isWebServer($0) })
    }

    private func applied(_ manifests: [Manifest], client: KubeClient) async throws -> [WebServer] {
        var result: [WebServer] = []
        let (webServers, others) = try split(manifests)
        if let other = others.first {
            throw other.error(at: [], "only WebServers are reconciled; apply this with kubectl")
        }
        // All are checked before the first is written.
        let checked = try webServers.map { try CheckedWebServer($0, allowed: allowedAnnotations).manifest.value }
        for manifest in checked {
            let options = WriteOptions(fieldManager: Self.manifestManager, force: true)
            result.append(
                try WebServer(try await client.apply(WebServer.resource, manifest, options: options))
            )
        }
        return result
    }

    /// Field manager of WebServers applied from manifests: a person's tool, not the operator.
    private static let manifestManager = "swiftlet-reconcile"

    private func dryRun(_ state: any ClusterState, _ prediction: WebServerDryRun.Prediction) -> WebServerDryRun {
        WebServerDryRun(state: state, prediction: prediction, allowedAnnotations: allowedAnnotations, now: now)
    }

    /// A WebServer with the identity and the status that it has in the cluster.
    ///
    /// - Parameter created: when one that is not in the cluster comes into being.
    private func stored(
        _ webServer: DynamicObject,
        in state: any ClusterState,
        orCreatedAt created: Timestamp
    ) async throws -> DynamicObject {
        var result = webServer
        let stored = try await state.object(WebServer.resource, webServer.key)
        for field in ["uid", "generation", "deletionTimestamp", "creationTimestamp"] {
            result.value[path: "metadata", field] = stored?.value[path: "metadata", field]
        }
        if stored == nil { result.value[path: "metadata", "creationTimestamp"] = .string("\(created)") }
        result.value["status"] = stored?.value["status"]
        return result
    }

    private func stored(_ namespace: String?) async throws -> [WebServer] {
        let objects = try await state.objects(WebServer.resource, namespace: namespace, matching: LabelSelector()) ?? []
        return try objects.map { try WebServer($0.value) }
    }
}

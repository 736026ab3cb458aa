import JSON
import KubeClient
import KubeModel
import SwiftletAPI

/// Parts b to d: what it costs to keep WebServers.
struct OperatorBench: Sendable {
    let cluster: BenchCluster
    /// The path of the program.
    let binary: String
    let count: Int
    let progress: Progress

    /// Creates, restarts, waits; gives the sections of the parts that are asked for.
    func measure(_ parts: Set<Part>) async throws -> [Section] {
        try await prepare()
        var sections: [Section] = []
        progress.say("the operator begins, to converge \(count) WebServers")
        let convergence = try await OperatorProcess.running(binary, kubeconfig: cluster.kubeconfig) { process in
            try await converge(process)
        }
        if parts.contains(.convergence) { sections.append(convergence) }
        guard !parts.isDisjoint(with: [.restart, .idle]) else { return sections }
        progress.say("the operator begins again")
        return try await OperatorProcess.running(binary, kubeconfig: cluster.kubeconfig) { process in
            let restart = try await restart(process)
            if parts.contains(.restart) { sections.append(restart) }
            if parts.contains(.idle) { sections.append(try await idle(process)) }
            return sections
        }
    }

    private func prepare() async throws {
        try await cluster.installDefinitions()
        guard try await cluster.count(WebServer.resource) == 0 else {
            throw BenchError("there are WebServers already: give it a cluster of its own")
        }
        try await cluster.makeNamespaces()
        let ingressClass: JSONValue = [
            "apiVersion": .string(APIResource.ingressClasses.apiVersion), "kind": "IngressClass",
            "metadata": ["name": "nginx"],
            "spec": ["controller": "example.com/nginx"],
        ]
        try await cluster.createUnlessPresent(.ingressClasses, ingressClass)
    }

    private func peer(_ figure: Double) -> Double? { figure.ifComparable(count, to: GoPeer.WebServers.count) }

    // MARK: - Parts

    private func converge(_ process: OperatorProcess) async throws -> Section {
        try await process.ready()
        let convergence = try await Convergence(cluster: cluster)
        let created = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await convergence.watch() }
            defer { group.cancelAll() }
            try await convergence.ready()
            let start = ContinuousClock.now
            try await forEachConcurrently(count) { index in
                let webServer = webServer(index)
                convergence.creating(webServer.key)
                _ = try await cluster.client.create(WebServer.resource, webServer.value)
            }
            let created = (ContinuousClock.now - start).seconds
            progress.say("\(count) WebServers created in \(created.fixed(1)) s")
            try await convergence.all(count)
            return created
        }
        progress.say("all have converged")
        let metrics = try await process.idle(after: count)
        let usage = try process.usage()
        try await checkChildren()
        let requests = metrics.requests
        return Section(
            title: "Operator: \(count) WebServers",
            method: """
                With the operator running (4 workers, and no mesh, which the peer has not either), \(count) WebServers like the sample are created, \
                \(BenchCluster.concurrency) requests at a time, in \(BenchCluster.namespaces.count) namespaces \
                of an API server alone. One has converged when a watch shows its first status, which the \
                operator writes after it has seen Deployment, Service, Ingress and PersistentVolumeClaim; all \
                are counted afterwards. The load is made on the same machine. CPU and peak are the operator's \
                from its start to its rest.
                """,
            figures: [
                Figure("all created", created, .seconds, peer: peer(GoPeer.WebServers.created)),
                Figure(
                    "first create to all converged",
                    convergence.total,
                    .seconds,
                    peer: peer(GoPeer.WebServers.converged)
                ),
                Figure(
                    "create to converged, p50",
                    convergence.latencies.percentile(0.5),
                    .seconds,
                    peer: peer(GoPeer.WebServers.p50)
                ),
                Figure(
                    "create to converged, p99",
                    convergence.latencies.percentile(0.99),
                    .seconds,
                    peer: peer(GoPeer.WebServers.p99)
                ),
                Figure("operator CPU", usage.cpu, .seconds, peer: peer(GoPeer.WebServers.cpu)),
                Figure("operator peak RSS", usage.peakMebibytes, .mebibytes, peer: peer(GoPeer.WebServers.peak)),
            ],
            remarks: [
                "requests: \(requests.summary)",
                "reconciles: \(metrics.sum("controller_runtime_reconcile_total").fixed(0)), "
                    + "failed: \(metrics.sum("controller_runtime_reconcile_errors_total").fixed(0))",
            ]
        )
    }

    private func restart(_ process: OperatorProcess) async throws -> Section {
        try await process.ready()
        let synced = (ContinuousClock.now - process.started).seconds
        let syncedCPU = try process.usage().cpu
        _ = try await process.idle(after: count)
        let reconciled = (ContinuousClock.now - process.started).seconds
        let usage = try process.usage()
        // What comes late would be missed otherwise.
        try await Task.sleep(for: .seconds(2))
        let metrics = try await process.metrics()
        return Section(
            title: "Operator: restart on \(count) WebServers",
            method: """
                The operator is begun again on the objects of the part before; times from the start of the \
                process. Synced is when /readyz says so (asked every 5 ms), reconciled when every key was once \
                (asked of /metrics every 20 ms, in its CPU).
                """,
            figures: [
                Figure("synced", synced, .seconds, peer: peer(GoPeer.WebServers.restartSynced)),
                Figure("every key reconciled", reconciled, .seconds, peer: peer(GoPeer.WebServers.restartReconciled)),
                Figure("CPU to synced", syncedCPU, .seconds),
                Figure("CPU to all reconciled", usage.cpu, .seconds, peer: peer(GoPeer.WebServers.restartCPU)),
                Figure("writes", Double(metrics.writes), .count, peer: 0),
                Figure("peak RSS", usage.peakMebibytes, .mebibytes),
            ],
            remarks: [
                "requests: \(metrics.requests.summary)",
                "reconciles: \(metrics.sum("controller_runtime_reconcile_total").fixed(0))",
            ]
        )
    }

    private func idle(_ process: OperatorProcess) async throws -> Section {
        progress.say("30 s of quiet")
        let metrics = try await process.metrics()
        let before = try process.usage()
        try await Task.sleep(for: .seconds(30))
        let after = try process.usage()
        let requests = try await process.metrics().requests.reduce(into: [String: Int]()) { result, entry in
            let new = entry.value - (metrics.requests[entry.key] ?? 0)
            if new > 0 { result[entry.key] = new }
        }
        return Section(
            title: "Operator: idle with \(count) WebServers",
            method: "30 s in which nothing changes, after the restart.",
            figures: [
                Figure("CPU in 30 s", after.cpu - before.cpu, .seconds, peer: peer(GoPeer.WebServers.idleCPU)),
                Figure("RSS", after.residentMebibytes, .mebibytes, peer: peer(GoPeer.WebServers.idleMemory)),
                Figure("of that not backed by a file", after.anonymousMebibytes, .mebibytes),
            ],
            remarks: ["requests in that time: \(requests.summary)"]
        )
    }

    // MARK: - Load

    private func webServer(_ index: Int) -> DynamicObject {
        let name = "web-\(index)"
        let namespace = BenchCluster.namespaces[index % BenchCluster.namespaces.count]
        return DynamicObject([
            "apiVersion": .string(WebServer.resource.apiVersion), "kind": .string(WebServer.resource.kind),
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": [
                "webServerImage": "nginx",
                "ingress": ["host": .string("\(name).example.com"), "ingressClass": "nginx"],
                "persistentVolumeClaim": [
                    "name": .string(name), "storageClass": "root-efs", "mountPath": "/usr/share/nginx/html",
                    "createIfNotExists": true,
                ],
            ],
        ])
    }

    private func checkChildren() async throws {
        for kind in [APIResource.deployments, .services, .ingresses, .persistentVolumeClaims] {
            let found = try await cluster.count(kind)
            guard found == count else { throw BenchError("\(found) \(kind) for \(count) WebServers") }
        }
    }
}

import EnvoyAPI
import JSON
import KubeModel
import XDS

/// Part e: what it takes to bring changes of a mesh to its proxies, from the API server to the last acknowledgement.
struct MeshBench: Sendable {
    let cluster: BenchCluster
    /// The path of the program.
    let binary: String
    let objects: MeshObjects
    /// Of each kind.
    let changes: Int
    let progress: Progress

    private var mesh: MeshCluster { MeshCluster(cluster: cluster) }
    /// One for each Service: the first of its pods.
    private var proxies: Int { objects.services }

    func measure() async throws -> [Section] {
        try await mesh.prepare()
        let port = try OperatorProcess.freePort()
        let flags = MeshCluster.flags(xdsPort: port)
        progress.say("the operator begins, to inject \(objects.pods) pods of \(objects.services) Services")
        let (pods, makingSeconds) = try await OperatorProcess.running(
            binary,
            kubeconfig: cluster.kubeconfig,
            mesh: flags
        ) { process in
            try await process.ready()
            _ = try await mesh.webhook()
            let start = ContinuousClock.now
            let pods = try await mesh.make(objects)
            return (pods, (ContinuousClock.now - start).seconds)
        }
        progress.say("made in \(makingSeconds.fixed(1)) s; a token for each proxy")
        let tokens = try await mapConcurrently(proxies) { try await mesh.token(for: pods[$0 * 2]) }
        let nodeIDs = (0..<proxies).map { objects.proxy($0 * 2).description }
        let arrivals = Arrivals(nodeIDs)
        var options = SimulatedProxies.Options(port: Int(port), nodeIDs: nodeIDs)
        options.authorizations = Dictionary(uniqueKeysWithValues: zip(nodeIDs, tokens.map { "Bearer \($0)" }))
        options.answered = { arrivals.note($0, $1, $2) }
        // As Envoy, whose first wait is about as long.
        options.redialAfter = .milliseconds(500)
        let simulated = try SimulatedProxies(options)
        do {
            let sections = try await measure(simulated, arrivals, pods, flags)
            try await simulated.stop()
            try await mesh.unregister()
            return sections
        } catch {
            try await simulated.stop()
            throw error
        }
    }

    private func measure(
        _ simulated: SimulatedProxies,
        _ arrivals: Arrivals,
        _ pods: [JSONValue],
        _ flags: [String]
    ) async throws -> [Section] {
        let load = Machine.loadAverage
        progress.say("the operator begins, to serve \(proxies) proxies")
        var sections = try await OperatorProcess.running(binary, kubeconfig: cluster.kubeconfig, mesh: flags) {
            process in
            try await process.ready()
            try await rest(process)
            let before = try process.usage()
            let connecting = try await connect(process, simulated)
            let connected = try process.usage()
            let endpoints = try await series(process, arrivals) { number in
                // Of the pods without a proxy, and of Services that no TrafficRoute decides about.
                let service = MeshObjects.routes + number / 2 * 7 % (objects.services - MeshObjects.routes)
                let pod = service * 2 + 1
                let isReady = number % 2 == 1
                return Change(type: .endpoint, prefix: objects.serviceTag(service)) {
                    try await mesh.setReady(pod, of: pods[pod], objects, isReady: isReady)
                }
            }
            progress.say("\(changes) endpoint changes pushed")
            let routes = try await series(process, arrivals) { number in
                let service = number % MeshObjects.routes
                return Change(type: .route, prefix: "outbound:\(objects.serviceTag(service))") {
                    try await mesh.setWeight(1 + number % 98, service, objects)
                }
            }
            progress.say("\(changes) TrafficRoute changes pushed")
            let idle = try await idle(process)
            let after = try process.usage()
            let memory = (before: before, connected: connected, after: after)
            return [
                section(connecting, memory, idle, load),
                section("an endpoint", endpoints, "the readiness of a pod, in its status"),
                section("a TrafficRoute", routes, "the weights of a TrafficRoute"),
            ]
        }
        progress.say("the operator begins again, with all proxies waiting")
        sections.append(
            try await OperatorProcess.running(binary, kubeconfig: cluster.kubeconfig, mesh: flags) { process in
                try await reconnect(process, simulated)
            }
        )
        let ended = simulated.totals.endedStreams.filter { $0.key != Self.unavailable }.map {
            "\($0.value) with status \($0.key)"
        }.sorted()
        if !ended.isEmpty {
            sections[sections.count - 1].remarks.append("streams refused or ended: " + ended.joined(separator: ", "))
        }
        return sections
    }

    // MARK: - Parts

    private struct Connecting {
        var seconds: Double
        var cpu: Double
        var bytes: Double
    }

    private func connect(_ process: OperatorProcess, _ simulated: SimulatedProxies) async throws -> Connecting {
        let before = (try process.usage(), try await process.metrics())
        let start = ContinuousClock.now
        simulated.start()
        let metrics = try await delivered(process)
        let seconds = (ContinuousClock.now - start).seconds
        let cpu = try process.usage().cpu - before.0.cpu
        try await rest(process)
        progress.say("\(proxies) proxies connected in \(seconds.fixed(1)) s")
        return Connecting(seconds: seconds, cpu: cpu, bytes: Self.bytes(metrics) - Self.bytes(before.1))
    }

    private struct Series {
        /// From the API server's answer, and from the request, to the last acknowledgement.
        var fromAnswer: [Double] = []
        var fromRequest: [Double] = []
        var cpu = 0.0
        var bytes = 0.0
        /// Of the operator's own histogram, over single proxies.
        var push = (p50: 0.0, p99: 0.0)
        var generation = 0.0
        var load = ""
    }

    /// A change, and what all proxies are to get of it: a resource whose name begins with `prefix`.
    private struct Change {
        var type: ResourceType
        var prefix: String
        var write: () async throws -> Void
    }

    private func series(
        _ process: OperatorProcess,
        _ arrivals: Arrivals,
        _ change: (Int) throws -> Change
    ) async throws -> Series {
        var series = Series()
        let before = (try process.usage(), try await process.metrics())
        for number in 0..<changes {
            let change = try change(number)
            arrivals.expect(change.type, change.prefix)
            let sent = ContinuousClock.now
            try await change.write()
            let answered = ContinuousClock.now
            let last = try await arrivals.last()
            series.fromAnswer.append(max(0, (last - answered).seconds))
            series.fromRequest.append((last - sent).seconds)
            // Not in step with anything that goes by a clock.
            try await Task.sleep(for: .milliseconds(100 + number * 37 % 100))
        }
        try await rest(process)
        let after = (try process.usage(), try await process.metrics())
        let count = Double(changes)
        series.cpu = (after.0.cpu - before.0.cpu) / count
        series.bytes = (Self.bytes(after.1) - Self.bytes(before.1)) / count
        let push = "swiftlet_xds_push_seconds"
        series.push = (
            after.1.quantile(0.5, push, since: before.1), after.1.quantile(0.99, push, since: before.1)
        )
        let generation = "swiftlet_xds_generation_seconds"
        let runs = after.1.sum("\(generation)_count") - before.1.sum("\(generation)_count")
        series.generation = (after.1.sum("\(generation)_sum") - before.1.sum("\(generation)_sum")) / max(runs, 1)
        series.load = Machine.loadAverage
        return series
    }

    private func idle(_ process: OperatorProcess) async throws -> Double {
        try await rest(process)
        let before = try process.usage()
        try await Task.sleep(for: .seconds(10))
        return try process.usage().cpu - before.cpu
    }

    private func reconnect(_ process: OperatorProcess, _ simulated: SimulatedProxies) async throws -> Section {
        try await process.ready()
        let ready = (ContinuousClock.now - process.started).seconds
        let removed = simulated.totals.removed
        let metrics = try await delivered(process)
        let seconds = (ContinuousClock.now - process.started).seconds
        let cpu = try process.usage().cpu
        return Section(
            title: "Mesh: \(proxies) proxies come back after a restart",
            method: """
                The operator is ended and begun again; all proxies dial every half a second, tell what they have, and are admitted by their \
                tokens anew. Times from the start of the process.
                """,
            figures: [
                Figure("operator ready", ready, .seconds),
                Figure("last proxy has acknowledged", seconds, .seconds),
                Figure("operator CPU", cpu, .seconds),
                Figure(
                    "bytes sent in all",
                    Self.bytes(metrics),
                    .kibibytes,
                    beside: "differential: what proxies have is not sent again"
                ),
                Figure("resources removed", Double(simulated.totals.removed - removed), .count, beside: "none"),
            ],
            hasWords: true
        )
    }

    /// The gRPC status by which a server that ends takes its leave.
    private static let unavailable = "14"

    // MARK: - Waiting

    /// Waits until as many deliveries as proxies are counted.
    private func delivered(_ process: OperatorProcess) async throws -> Metrics {
        var metrics = Metrics(parsing: "")
        try await process.poll("done with \(proxies) proxies", every: .milliseconds(20)) {
            metrics = try await process.metrics()
            return metrics.sum("swiftlet_xds_deliveries_total") >= Double(proxies)
                && metrics.sum("swiftlet_xds_streams") == Double(proxies)
        }
        return metrics
    }

    /// Waits until the operator has used next to nothing for a second.
    private func rest(_ process: OperatorProcess) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        var before = try process.usage().cpu
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .seconds(1))
            let now = try process.usage().cpu
            if now - before < 0.01 { return }
            before = now
        }
        throw BenchError("the operator does not come to rest")
    }

    private static func bytes(_ metrics: Metrics) -> Double { metrics.sum("swiftlet_xds_push_bytes_total") }

    // MARK: - Telling

    private func section(
        _ connecting: Connecting,
        _ memory: (before: ProcessUsage, connected: ProcessUsage, after: ProcessUsage),
        _ idle: Double,
        _ load: String
    ) -> Section {
        func perProxy(_ usage: ProcessUsage) -> Double {
            (usage.anonymousMebibytes - memory.before.anonymousMebibytes) * 1_048_576 / Double(proxies)
        }
        return Section(
            title: "Mesh: \(proxies) proxies in a mesh of \(objects.services) Services with two pods each",
            method: """
                The pods were created through the injector and have the status that a kubelet would write; \(MeshObjects.routes) Services \
                have a TrafficRoute. \(proxies) proxies are simulated by this process: TLS and a delta ADS stream each, a token of \
                the pod each, which the operator has the API server review. Load, API server and operator share the machine.
                """,
            figures: [
                Figure("all connected, last proxy has acknowledged", connecting.seconds, .seconds),
                Figure("operator CPU of that", connecting.cpu, .seconds),
                Figure("bytes sent for each proxy", connecting.bytes / Double(proxies), .kibibytes),
                Figure(
                    "memory for each proxy, connected",
                    perProxy(memory.connected),
                    .kibibytes,
                    beside: "aim: below 100 KB; Kuma: about 1 MB"
                ),
                Figure("memory for each proxy, after all pushes", perProxy(memory.after), .kibibytes),
                Figure("operator memory before they came", memory.before.anonymousMebibytes, .mebibytes),
                Figure("operator CPU in 10 s without changes", idle, .seconds),
            ],
            hasWords: true,
            remarks: ["memory is resident and not backed by a file", "load average before: \(load)"]
        )
    }

    private func section(_ what: String, _ series: Series, _ change: String) -> Section {
        Section(
            title: "Mesh: \(changes) changes of \(what), each to \(proxies) proxies",
            method: """
                Each changes \(change), and is followed by 0.1 to 0.2 s of rest once all have it. From the moment the API server has answered the write to the \
                last acknowledgement, as this process sees both; and from the moment before the write.
                """,
            figures: [
                Figure(
                    "write answered to last ACK, p50",
                    series.fromAnswer.percentile(0.5),
                    .milliseconds,
                    beside: "Kuma: computes at a tick of 1 s, now 10 s; Istio: waits 100 ms for more changes"
                ),
                Figure(
                    "write answered to last ACK, p99",
                    series.fromAnswer.percentile(0.99),
                    .milliseconds,
                    beside: "aim: below 50 ms"
                ),
                Figure("write sent to last ACK, p50", series.fromRequest.percentile(0.5), .milliseconds),
                Figure("write sent to last ACK, p99", series.fromRequest.percentile(0.99), .milliseconds),
                Figure(
                    "event seen to a proxy's ACK, p50, by /metrics",
                    series.push.p50,
                    .milliseconds,
                    beside: "1,000 writes and ACKs alone take 8–10 ms on such a machine"
                ),
                Figure("event seen to a proxy's ACK, p99, by /metrics", series.push.p99, .milliseconds),
                Figure("of that making the configuration, mean", series.generation, .milliseconds),
                Figure("operator CPU for each change, its status written", series.cpu, .milliseconds),
                Figure("bytes for each change", series.bytes, .kibibytes),
            ],
            hasWords: true,
            remarks: ["load average after: \(series.load)"]
        )
    }
}

import EnvoyAPI
import JSON
import KubeClient
import KubeModel
import KubeTransport
import XDS

/// Part g: what honest users of the operator notice while hostile clients do at once whatever a pod that reaches its ports can do.
struct AttackBench: Sendable {
    let cluster: BenchCluster
    /// The path of the program.
    let binary: String
    /// The path of the program that attacks; see its description.
    let attacker: String
    let seconds: Int
    let progress: Progress

    /// Hostile clients, each with a loopback address of its own.
    private static let clients = 4
    /// Honest proxies, one for each Service.
    private static let proxies = 100
    private static let memoryLimit = 1 << 30

    private let objects = MeshObjects(services: AttackBench.proxies)
    private var mesh: MeshCluster { MeshCluster(cluster: cluster) }

    func measure() async throws -> Section {
        try await mesh.prepare()
        let xdsPort = try OperatorProcess.freePort()
        let flags = MeshCluster.flags(xdsPort: xdsPort)
        return try await OperatorProcess.running(
            binary,
            kubeconfig: cluster.kubeconfig,
            mesh: flags,
            electsLeader: true
        ) { process in
            try await process.ready()
            let webhook = try await mesh.webhook()
            let limit = try MemoryLimit(bytes: Self.memoryLimit, process: process.id)
            defer { limit?.remove() }
            progress.say("\(objects.pods) pods of \(objects.services) Services")
            let pods = try await mesh.make(objects)
            let arrivals = Arrivals(nodeIDs)
            let simulated = try await proxies(pods, Int(xdsPort), arrivals)
            do {
                let section = try await attack(process, webhook, xdsPort, pods, arrivals, simulated, limit != nil)
                try await simulated.stop()
                try await mesh.unregister()
                return section
            } catch {
                try await simulated.stop()
                throw error
            }
        }
    }

    private var nodeIDs: [String] { (0..<Self.proxies).map { objects.proxy($0 * 2).description } }

    private func proxies(_ pods: [JSONValue], _ port: Int, _ arrivals: Arrivals) async throws -> SimulatedProxies {
        let tokens = try await mapConcurrently(Self.proxies) { try await mesh.token(for: pods[$0 * 2]) }
        var options = SimulatedProxies.Options(port: port, nodeIDs: nodeIDs)
        options.authorizations = Dictionary(uniqueKeysWithValues: zip(nodeIDs, tokens.map { "Bearer \($0)" }))
        options.answered = { arrivals.note($0, $1, $2) }
        options.redialAfter = .milliseconds(500)
        return try SimulatedProxies(options)
    }

    private func attack(
        _ process: OperatorProcess,
        _ webhook: TransportEndpoint,
        _ xdsPort: UInt16,
        _ pods: [JSONValue],
        _ arrivals: Arrivals,
        _ simulated: SimulatedProxies,
        _ isLimited: Bool
    ) async throws -> Section {
        simulated.start()
        try await process.poll("serving \(Self.proxies) proxies", every: .milliseconds(20)) {
            try await process.metrics().sum("swiftlet_xds_deliveries_total") >= Double(Self.proxies)
        }
        let quiet = try await changes(arrivals, pods, until: .now + .seconds(10))
        let connects = simulated.totals.connects
        let lease = try await lease()
        progress.say("\(Self.clients) clients attack for \(seconds) s")
        let victims = try await hostilePods(pods)
        let (duration, health) = (seconds, HealthWatch(address: process.healthAddress))
        let outcome = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for client in 0..<Self.clients {
                let arguments = arguments(client, process, webhook, xdsPort, victims[client])
                group.addTask {
                    try await ChildProcess.running(attacker, arguments) { child in
                        .told(try await child.line(within: .seconds(duration + 60)))
                    }
                }
            }
            let end = ContinuousClock.now + .seconds(duration)
            group.addTask { .health(try await health.watch(until: end)) }
            group.addTask { .changes(try await changes(arrivals, pods, until: end)) }
            var outcome: (health: HealthWatch.Figures, series: [Double], told: [String]) = (
                HealthWatch.Figures(), [], []
            )
            for try await part in group {
                switch part {
                case .told(let line): outcome.told.append(line)
                case .health(let figures): outcome.health = figures
                case .changes(let series): outcome.series = series
                }
            }
            return outcome
        }
        let after = try await self.lease()
        let usage = try process.usage()
        return Section(
            title: "Under attack: \(Self.clients) hostile clients for \(seconds) s, \(Self.proxies) honest proxies",
            method: """
                The clients (Tests/Attack/attacker.py) use all that is known to be expensive at once: reviews with 200,000 variables and thousands of \
                probes, unread answers, silent connections, streams without a token that bring bytes, garbage tokens, those of deleted pods, and admitted \
                proxies that subscribe 100,000 names and reject everything. The operator \
                \(isLimited ? "may use 1 GiB of memory" : "has no limit of memory (no cgroup could be made)"). Load, API server and operator share the machine.
                """,
            figures: [
                Figure("health answers, longest wait", outcome.health.longest, .seconds, beside: "aim: below 1 s"),
                Figure("health answers, p99", outcome.health.p99, .milliseconds),
                Figure(
                    "health requests without an answer in 1 s",
                    Double(outcome.health.failed),
                    .count,
                    beside: "aim: none"
                ),
                Figure("health requests", Double(outcome.health.count), .count),
                Figure("endpoint change to last ACK, p50", outcome.series.percentile(0.5), .milliseconds),
                Figure(
                    "endpoint change to last ACK, p99",
                    outcome.series.percentile(0.99),
                    .milliseconds,
                    beside: "aim: 500 ms"
                ),
                Figure("the same before the attack, p50", quiet.percentile(0.5), .milliseconds),
                Figure("endpoint changes", Double(outcome.series.count), .count),
                Figure(
                    "honest proxies that had to connect again",
                    Double(simulated.totals.connects - connects),
                    .count
                ),
                Figure("operator memory, peak", usage.peakMebibytes, .mebibytes, beside: "aim: below 400 MiB"),
                Figure("operator CPU", usage.cpu, .seconds),
                Figure(
                    "changes of the lease's holder",
                    lease == after ? 0 : 1,
                    .count,
                    beside: "aim: none; holder and transitions before and after are compared"
                ),
            ],
            hasWords: true,
            remarks: outcome.told.map { "a client: \($0)" } + [
                "no restart: the process that began is the one that ended"
            ]
        )
    }

    private enum Outcome: Sendable {
        case told(String)
        case health(HealthWatch.Figures)
        case changes([Double])
    }

    private func arguments(
        _ client: Int,
        _ process: OperatorProcess,
        _ webhook: TransportEndpoint,
        _ xdsPort: UInt16,
        _ victim: (admitted: String, deleted: String)
    ) -> [String] {
        let webhookAddress = webhook.baseURL.split(separator: "/").last.map(String.init) ?? ""
        return [
            "--source", "127.0.0.\(11 + client)", "--health", process.healthAddress, "--webhook", webhookAddress,
            "--xds", "127.0.0.1:\(xdsPort)", "--seconds", "\(seconds)", "--namespace", MeshObjects.namespace,
            "--token", victim.admitted, "--deleted-token", victim.deleted,
        ]
    }

    /// For each hostile client: node id and token of a pod that it took over, and of one that is gone by now.
    private func hostilePods(_ pods: [JSONValue]) async throws -> [(admitted: String, deleted: String)] {
        var result: [(admitted: String, deleted: String)] = []
        for client in 0..<Self.clients {
            let (admitted, deleted) = ((20 + client * 2) * 2 + 1, (21 + client * 2) * 2 + 1)
            let tokens = (try await mesh.token(for: pods[admitted]), try await mesh.token(for: pods[deleted]))
            try await cluster.client.delete(.pods, objects.podKey(deleted))
            result.append(
                ("\(objects.proxy(admitted))=\(tokens.0)", "\(objects.proxy(deleted))=\(tokens.1)")
            )
        }
        return result
    }

    /// Changes endpoints until then, a few a second; the seconds from each write's answer to the last proxy's ACK.
    private func changes(
        _ arrivals: Arrivals,
        _ pods: [JSONValue],
        until end: ContinuousClock.Instant
    ) async throws -> [Double] {
        var series: [Double] = []
        var number = 0
        while ContinuousClock.now < end {
            // Not of the hostile pods.
            let service = 40 + number / 2 * 7 % 60
            let pod = service * 2 + 1
            arrivals.expect(.endpoint, objects.serviceTag(service))
            try await mesh.setReady(pod, of: pods[pod], objects, isReady: number % 2 == 1)
            let answered = ContinuousClock.now
            let last = try await arrivals.last()
            series.append(max(0, (last - answered).seconds))
            try await Task.sleep(for: .milliseconds(200 + number * 37 % 100))
            number += 1
        }
        return series
    }

    /// Holder and number of transitions of the operator's lease.
    private func lease() async throws -> String {
        let path = "/apis/coordination.k8s.io/v1/namespaces/\(MeshObjects.operatorNamespace)/leases"
        let leases = try await cluster.client.perform("GET", path: path)["items"]?.arrayValue ?? []
        return leases.map { lease in
            let transitions = lease[path: "spec", "leaseTransitions"]?.intValue ?? 0
            return "\(lease[path: "spec", "holderIdentity"]?.stringValue ?? "nobody") \(transitions)"
        }.joined(separator: ", ")
    }
}

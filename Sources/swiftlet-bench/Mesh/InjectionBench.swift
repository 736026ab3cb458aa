import Injection
import JSON
import KubeModel
import KubeTransport
import Operator

/// Part f: how fast sidecars are injected.
struct InjectionBench: Sendable {
    let cluster: BenchCluster
    /// The path of the program.
    let binary: String
    let progress: Progress
    var reviews = 5_000

    private let objects = MeshObjects(services: 1)

    /// The numbers of connections that are tried.
    private static let connections = [1, 8]

    init(cluster: BenchCluster, binary: String, progress: Progress) {
        self.cluster = cluster
        self.binary = binary
        self.progress = progress
    }

    func measure() async throws -> Section {
        let mesh = MeshCluster(cluster: cluster)
        try await mesh.prepare()
        var section = Section(
            title: "Injection",
            method: """
                AdmissionReviews of a pod with one container, two probes and limits (\(review(0).count) B), over HTTPS to the webhook of the \
                operator by connections that are kept, \(reviews) for each number of connections, answers read and checked. Then the injection alone, in \
                this process, one after the other.
                """,
            hasWords: true
        )
        let flags = MeshCluster.flags(xdsPort: try OperatorProcess.freePort())
        try await OperatorProcess.running(binary, kubeconfig: cluster.kubeconfig, mesh: flags) { process in
            try await process.ready()
            let endpoint = try await mesh.webhook()
            for connections in Self.connections {
                progress.say("\(reviews) reviews over \(connections) connections")
                _ = try await load(endpoint, connections, 500)
                let before = try process.usage().cpu
                let start = ContinuousClock.now
                let seconds = try await load(endpoint, connections, reviews)
                let total = (ContinuousClock.now - start).seconds
                let cpu = (try process.usage().cpu - before) / Double(reviews)
                let by = "over \(connections == 1 ? "1 connection" : "\(connections) connections")"
                section.figures += [
                    Figure("\(by): p50", seconds.percentile(0.5), .milliseconds),
                    Figure("\(by): p99", seconds.percentile(0.99), .milliseconds),
                    Figure("\(by): reviews", Double(reviews) / total, .perSecond),
                    Figure("\(by): operator CPU for each", cpu, .milliseconds),
                ]
            }
            section.remarks.append("load average after: \(Machine.loadAverage)")
        }
        try await mesh.unregister()
        let alone = try pure()
        section.figures += [
            Figure("injection alone: p50", alone.percentile(0.5), .milliseconds),
            Figure("injection alone: p99", alone.percentile(0.99), .milliseconds),
        ]
        return section
    }

    /// Seconds of each review.
    private func load(_ endpoint: TransportEndpoint, _ connections: Int, _ count: Int) async throws -> [Double] {
        var options = TransportConfiguration()
        options.maximumConcurrentCalls = connections
        let transport = try Transport(configuration: options)
        let each = count / connections
        let seconds = try await withThrowingTaskGroup(of: [Double].self) { group in
            for worker in 0..<connections {
                group.addTask {
                    var seconds: [Double] = []
                    for number in 0..<each {
                        let request = HTTPRequest(
                            method: "POST",
                            path: "\(InjectorWebhooks.path)?timeout=10s",
                            headers: ["Content-Type": "application/json", "Accept": "application/json"],
                            body: review(worker * each + number)
                        )
                        let start = ContinuousClock.now
                        let response = try await transport.perform(request, on: endpoint)
                        seconds.append((ContinuousClock.now - start).seconds)
                        guard response.status == 200, try Self.isPatched(response.body) else {
                            throw BenchError("a review was answered with \(response.status), or without a patch")
                        }
                    }
                    return seconds
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        await transport.shutdown()
        return seconds
    }

    private static func isPatched(_ body: [UInt8]) throws -> Bool {
        let response = try JSONValue(parsing: body)["response"]
        return response?["allowed"] == true && response?["patch"]?.stringValue?.isEmpty == false
    }

    private func review(_ number: Int) -> [UInt8] {
        let review: JSONValue = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": [
                "uid": .string("705ab4f5-6393-11e8-b7cc-\(number)"), "operation": "CREATE", "dryRun": false,
                "kind": ["group": "", "version": "v1", "kind": "Pod"],
                "resource": ["group": "", "version": "v1", "resource": "pods"],
                "namespace": .string(MeshObjects.namespace), "name": .string(objects.podKey(0).name),
                "userInfo": ["username": "system:serviceaccount:kube-system:replicaset-controller"],
                "object": objects.pod(0), "oldObject": .null, "options": .null,
            ],
        ]
        return review.encoded()
    }

    private func pure() throws -> [Double] {
        let injector = SidecarInjector(
            InjectorConfiguration(
                sidecarImage: "envoyproxy/envoy:v1.40.0",
                initImage: "swiftlet/swiftlet:bench",
                controlPlane: ControlPlaneEndpoint(
                    host: "swiftlet.swiftlet-system.svc",
                    port: 5678,
                    certificateAuthority: String(repeating: "MIIBszCCAVmgAwIBAgIUQ0", count: 40)
                ),
                usesNativeSidecars: false
            )
        )
        let namespace = NamespaceMetadata(
            name: MeshObjects.namespace,
            labels: ["kuma.io/sidecar-injection": "enabled"]
        )
        let pod = objects.pod(0)
        return try (0..<reviews).map { _ in
            let start = ContinuousClock.now
            let outcome = try injector.inject(pod: pod, namespace: namespace, drainToken: "token")
            let seconds = (ContinuousClock.now - start).seconds
            guard outcome.object != pod else { throw BenchError("nothing was injected") }
            return seconds
        }
    }
}

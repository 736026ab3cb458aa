import Foundation
import PollingSupport
import TestSupport
import Testing

/// A namespace in the mesh, and the operator that looks after it.
///
/// The operator is started, stopped and killed in the middle of a test.
actor Mesh {
    nonisolated let kubectl: KubectlNamespace
    private let port: Int
    private var process:
        (operator: OperatorProcess, end: CheckedContinuation<Bool, Never>, task: Task<Void, any Error>)?

    private init(_ kubectl: KubectlNamespace) throws {
        self.kubectl = kubectl
        port = Int(try TestServer.closedPort())
    }

    /// Runs `body` with a namespace whose pods get sidecars, by the annotation of the tutorial; both are gone afterwards.
    static func run(namespace: String, _ body: @Sendable (Mesh) async throws -> Void) async throws {
        try await EndToEnd.withNamespace(namespace) { kubectl in
            try await kubectl("annotate", "namespace", kubectl.name, "kuma.io/sidecar-injection=enabled")
            let mesh = try Mesh(kubectl)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(mesh)) } catch { outcome = .failure(await mesh.explained(error)) }
            try await mesh.stop()
            // With nobody to answer it, it would keep pods of enabled namespaces from starting.
            try await kubectl(
                "delete",
                "mutatingwebhookconfiguration/swiftlet-injector",
                "validatingwebhookconfiguration/swiftlet-validator",
                "--ignore-not-found",
                "--wait=false"
            )
            try outcome.get()
        }
    }

    // MARK: - The operator

    /// Starts the operator and waits until it is ready.
    func start() async throws {
        let flags = MeshFlags.flags(operatorNamespace: kubectl.name, port: port)
        let (started, start) = AsyncStream<(OperatorProcess, CheckedContinuation<Bool, Never>)>.makeStream(
            bufferingPolicy: .bufferingNewest(1)
        )
        let task = Task {
            try await OperatorProcess.run(flags) { process in
                let isKilled = await withCheckedContinuation { start.yield((process, $0)) }
                if isKilled { process.kill() }
            }
        }
        for await (process, end) in started {
            self.process = (process, end, task)
            try await eventually("the operator is ready") { try await process.isReady() }
            return
        }
    }

    /// Lets the operator end in peace.
    func stop() async throws {
        guard let process else { return }
        self.process = nil
        process.end.resume(returning: false)
        try await process.task.value
    }

    /// Ends the operator without a warning.
    func kill() async throws {
        guard let process else { return }
        self.process = nil
        process.end.resume(returning: true)
        do { try await process.task.value } catch is ProgramError {}
    }

    /// The sum of a metric of the operator, over all its labels.
    func metric(_ name: String) async throws -> Int? {
        try await process?.operator.metrics { $0.hasPrefix("\(name){") || $0.hasPrefix("\(name) ") }
    }

    /// The error, with what the operator and the cluster say.
    private func explained(_ error: any Error) async -> any Error {
        let log = (try? process?.operator.logged())?.split(separator: "\n").suffix(40).joined(separator: "\n") ?? ""
        let pods = (try? await kubectl("get", "pods,trafficroutes", "-o", "wide")) ?? ""
        return ProgramError(description: "\(error)\n\(pods)\n\(log)")
    }

    // MARK: - The namespace

    /// Waits until so many pods are there, each with its sidecar, and all ready. Those that end may be listed for a while yet.
    nonisolated func waitForSidecars(_ count: Int) async throws {
        try await eventually("\(count) pods are 2/2", within: .seconds(120)) {
            let pods = try await kubectl("get", "pods", "--no-headers").split(separator: "\n")
                .map { $0.split(separator: " ").map(String.init) }
                .filter { $0.count > 2 && $0[2] != "Terminating" }
            return pods.count == count && pods.allSatisfy { $0[1] == "2/2" }
        }
    }

    nonisolated func url(_ service: String, port: Int, path: String) async throws -> String {
        "http://\(try await kubectl.value("service/\(service)", ".spec.clusterIP")):\(port)\(path)"
    }

    /// Sets the weights of the tutorial's TrafficRoute.
    nonisolated func setWeights(stable: Int, canary: Int) async throws {
        let patch = """
            [{"op": "replace", "path": "/spec/conf/split/0/weight", "value": \(stable)}, \
            {"op": "replace", "path": "/spec/conf/split/1/weight", "value": \(canary)}]
            """
        try await kubectl("patch", "trafficroute", "route-1", "--type=json", "--patch", patch)
    }

    /// Reason and message of a condition of a TrafficRoute that is about its present generation; empty when there is none.
    nonisolated func condition(_ type: String, of route: String) async throws -> String {
        let generation = try await kubectl.value("trafficroute/\(route)", ".metadata.generation")
        let condition = ".status.conditions[?(@.type==\"\(type)\")]"
        let told = try await kubectl.value(
            "trafficroute/\(route)",
            "\(condition).observedGeneration} {\(condition).reason}: {\(condition).message"
        )
        return told.hasPrefix("\(generation) ") ? String(told.dropFirst(generation.count + 1)) : ""
    }

    /// Waits until all proxies concerned have the present generation of a TrafficRoute.
    nonisolated func waitUntilProgrammed(_ route: String) async throws {
        try await eventually("\(route) is programmed", within: .seconds(30)) {
            try await self.condition("Programmed", of: route).hasPrefix("Programmed")
        }
    }
}

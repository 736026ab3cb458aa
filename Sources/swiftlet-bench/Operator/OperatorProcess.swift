import Glibc
import KubeTransport

/// The operator as a process of its own, seen from outside.
final class OperatorProcess {
    private let child: ChildProcess
    private let transport: Transport
    private let endpoint: TransportEndpoint
    /// Host and port of health and metrics.
    let healthAddress: String
    let started: ContinuousClock.Instant

    /// Starts the operator with four workers, and ends it when `body` has returned or thrown.
    ///
    /// - Parameters:
    ///   - mesh: its flags for the mesh; by default it has none.
    ///   - electsLeader: whether it holds a lease. By default it is one replica whose requests are counted.
    static func running<Result>(
        _ binary: String,
        kubeconfig: String,
        mesh: [String] = ["--no-mesh"],
        electsLeader: Bool = false,
        _ body: (OperatorProcess) async throws -> Result
    ) async throws -> Result {
        let address = "127.0.0.1:\(try freePort())"
        let arguments =
            [
                "operator", "--kubeconfig", kubeconfig, "--workers", "4", "--health-address", address, "--log-level",
                "warning",
            ] + (electsLeader ? [] : ["--no-leader-election"]) + mesh
        let transport = try Transport()
        let started = ContinuousClock.now
        return try await ChildProcess.running(binary, arguments) { child in
            let endpoint = TransportEndpoint(baseURL: "http://\(address)")
            return try await body(OperatorProcess(child, transport, endpoint, address, started: started))
        }
    }

    private init(
        _ child: ChildProcess,
        _ transport: Transport,
        _ endpoint: TransportEndpoint,
        _ healthAddress: String,
        started: ContinuousClock.Instant
    ) {
        self.child = child
        self.transport = transport
        self.endpoint = endpoint
        self.healthAddress = healthAddress
        self.started = started
    }

    var id: pid_t { child.id }

    func usage() throws(BenchError) -> ProcessUsage { try child.usage() }

    /// Waits until every kind was listed.
    func ready() async throws {
        try await poll("ready", every: .milliseconds(5)) { try await self.get("/readyz").status == 200 }
    }

    /// Waits until at least so many reconciles have ended, and nothing is left to do.
    ///
    /// - Returns: what it told then.
    func idle(after reconciles: Int) async throws -> Metrics {
        var metrics = Metrics(parsing: "")
        try await poll("done with \(reconciles) reconciles", every: .milliseconds(20)) {
            metrics = try await self.metrics()
            return metrics.sum("controller_runtime_reconcile_total") >= Double(reconciles)
                && metrics.sum("workqueue_depth") == 0 && metrics.sum("controller_runtime_active_workers") == 0
        }
        return metrics
    }

    func metrics() async throws -> Metrics {
        let response = try await get("/metrics")
        guard response.status == 200 else { throw BenchError("/metrics of the operator: \(response.status)") }
        return Metrics(parsing: String(decoding: response.body, as: UTF8.self))
    }

    private func get(_ path: String) async throws -> HTTPResponse {
        try await transport.perform(HTTPRequest(path: path), on: endpoint)
    }

    func poll(
        _ what: String,
        every interval: Duration,
        until isReached: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            do {
                if try await isReached() { return }
            } catch let error as TransportError where error.code == .connect {
                // It does not listen yet.
            }
            guard ContinuousClock.now < deadline else { throw BenchError("the operator is not \(what)") }
            try await Task.sleep(for: interval)
        }
    }

    /// A port of loopback that was free a moment ago.
    static func freePort() throws(BenchError) -> UInt16 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 ? getsockname(socket, address, &length) : -1
            }
        }
        guard result == 0 else { throw BenchError("no free port: error \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }
}

import Foundation
import Glibc
import KubeTransport
import PollingSupport
import Subprocess
import Synchronization
import SystemPackage

/// The operator as people run it: a process of its own, seen from outside.
struct LiveOperator: Sendable {
    private let log: URL
    private let id: pid_t
    private let transport: Transport

    /// What of it does not depend on a test.
    private static let flags = ["--health-address", "127.0.0.1:0", "--log-level", "debug"]

    /// Runs `body` while an operator with these flags runs, and ends it by a SIGTERM, or by a SIGKILL.
    ///
    /// - Returns: what `body` gives.
    /// - Throws: what `body` throws, with the operator's last words; ``OperatorEnded`` when it ended in another way than it was told to.
    static func run<Value: Sendable>(
        _ flags: [String],
        kubeconfig: String? = TestCluster.kubeconfig,
        endsBy signal: Signal = .terminate,
        _ body: @escaping @Sendable (LiveOperator) async throws -> Value
    ) async throws -> Value {
        let log = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let file = try FileDescriptor.open(
            FilePath(log.path),
            .writeOnly,
            options: [.create, .truncate, .append],
            permissions: .ownerReadWrite
        )
        let transport = try Transport()
        let run = try await Subprocess.run(
            .path(FilePath(SwiftletProgram.path.path)),
            arguments: Arguments(["operator", "--kubeconfig", kubeconfig ?? ""] + Self.flags + flags),
            input: .none,
            output: .fileDescriptor(file, closeAfterSpawningProcess: true),
            error: .combinedWithOutput
        ) { execution -> Result<Value, any Error> in
            let live = LiveOperator(log: log, id: execution.processIdentifier.value, transport: transport)
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await body(live)) } catch { outcome = .failure(error) }
            // One that has ended by itself was not told to.
            let hasEnded = try live.logged().contains("swiftlet has ended")
            do { try execution.send(signal: signal) } catch {}
            if hasEnded { return .failure(OperatorEnded(description: "the operator has ended by itself")) }
            return outcome
        }
        await transport.shutdown()
        let wasKilled = signal == .kill && run.terminationStatus == .signaled(SIGKILL)
        let lastWords = String(decoding: try Data(contentsOf: log), as: UTF8.self).suffix(4_000)
        let value: Value
        do {
            value = try run.closureResult.get()
        } catch {
            throw OperatorEnded(description: "\(error)\nthe operator said last: \(lastWords)")
        }
        guard signal == .kill ? wasKilled : run.terminationStatus.isSuccess else {
            throw OperatorEnded(description: "the operator ended with \(run.terminationStatus): \(lastWords)")
        }
        return value
    }

    // MARK: - What it says

    /// Everything it has logged.
    func logged() throws -> String { String(decoding: try Data(contentsOf: log), as: UTF8.self) }

    /// What it serves at a path of its health address; `nil` as long as it serves nothing.
    func page(_ path: String) async throws -> (status: Int, text: String)? {
        guard let port = try port else { return nil }
        do {
            let endpoint = TransportEndpoint(baseURL: "http://127.0.0.1:\(port)")
            let answer = try await transport.perform(HTTPRequest(method: "GET", path: path), on: endpoint)
            return (answer.status, String(decoding: answer.body, as: UTF8.self))
        } catch {
            guard error.code == .connect || error.code == .connectionLost else { throw error }
            return nil
        }
    }

    func isReady() async throws -> Bool { try await page("/readyz")?.status == 200 }

    /// The sum of those of its metrics that are counted.
    ///
    /// - Parameter isCounted: by the whole line, with name and labels.
    func metric(_ isCounted: (Substring) -> Bool) async throws -> Double {
        let text = try await eventually("the operator serves metrics") { try await page("/metrics")?.text }
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") && isCounted($0) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            .reduce(0, +)
    }

    /// The sum of a metric over all its labels.
    func metric(_ name: String) async throws -> Double {
        try await metric { $0.hasPrefix("\(name){") || $0.hasPrefix("\(name) ") }
    }

    /// How many requests it has sent that change objects: not events, nor the renewals of its lease.
    func writes() async throws -> Int {
        Int(
            try await metric { line in
                line.hasPrefix("rest_client_requests_total{")
                    && (line.contains("method=\"PATCH\"") || line.contains("method=\"DELETE\""))
            }
        )
    }

    /// How many requests it has sent, answered or not.
    func requests() async throws -> Int { Int(try await metric("rest_client_requests_total")) }

    /// Waits until it has written nothing for three seconds.
    func untilQuiet() async throws {
        try await eventually("the operator is quiet", within: .seconds(180)) {
            let before = try await writes()
            try await Task.sleep(for: .seconds(3))
            return try await writes() == before
        }
    }

    /// Where health and metrics are served, as the log tells.
    private var port: Int? {
        get throws {
            let text = try logged()
            guard let line = text.split(separator: "\n").first(where: { $0.contains("serving health and metrics") }),
                let word = line.split(separator: " ").first(where: { $0.hasPrefix("port=") })
            else { return nil }
            return Int(word.dropFirst("port=".count))
        }
    }

    // MARK: - What the kernel says

    /// What it has used so far.
    func usage() throws -> Usage { try Usage(of: id) }

    struct Usage: Sendable {
        /// User and system time, in seconds.
        var cpu: Double
        /// Resident and not backed by a file, in MiB.
        var memory: Double
        var descriptors: Int

        fileprivate init(of process: pid_t) throws {
            let statistics = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            let fields = statistics.split(separator: ")").last?.split(separator: " ") ?? []
            guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
                throw OperatorEnded(description: "the operator has ended by itself")
            }
            cpu = (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
            memory = (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
            descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
        }
    }
}

/// An operator did not live as a test needs it to.
struct OperatorEnded: Error, CustomStringConvertible {
    var description: String
}

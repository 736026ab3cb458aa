import Foundation
import PollingSupport
import Synchronization
import TestSupport
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A real Envoy, if there is one: `SWIFTLET_ENVOY` names the program.
final class EnvoyProcess: Sendable {
    static let program = ProcessInfo.processInfo.environment["SWIFTLET_ENVOY"] ?? ""

    /// For suites that need it. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(if: !program.isEmpty, "needs Envoy: set SWIFTLET_ENVOY to its path")

    let adminPort: Int
    private let folder: URL
    private let process: Mutex<Process>

    private init(adminPort: Int, folder: URL, process: sending Process) {
        self.adminPort = adminPort
        self.folder = folder
        self.process = Mutex(process)
    }

    /// Runs while `body` runs. Its credential is a token in a file, which gRPC reads for each stream.
    static func running(
        nodeID: String,
        controlPlane port: Int,
        token: String = "good",
        _ body: (EnvoyProcess) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "envoy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let adminPort = try freePort()
        try Data(TestCertificate.chain.utf8).write(to: folder.appending(path: "root.pem"))
        try Data(token.utf8).write(to: folder.appending(path: "token"))
        let bootstrap = bootstrap(nodeID: nodeID, port: port, adminPort: adminPort, folder: folder)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [
            "--config-yaml", bootstrap, "--use-dynamic-base-id", "--concurrency", "2", "--log-level", "warn",
            "--drain-time-s", "1",
        ]
        let log = folder.appending(path: "log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let envoy = EnvoyProcess(adminPort: adminPort, folder: folder, process: process)
        var failure: (any Error)?
        do { try await body(envoy) } catch { failure = error }
        envoy.process.withLock { process in
            // Not SIGTERM: a program that is started here inherits that signals are blocked.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        if let failure {
            let words = String(decoding: try Data(contentsOf: log), as: UTF8.self).suffix(3000)
            Issue.record("Envoy said: \(words)")
            throw failure
        }
        try FileManager.default.removeItem(at: folder)
    }

    func writeToken(_ token: String) throws { try Data(token.utf8).write(to: folder.appending(path: "token")) }

    /// Of Envoy's statistics, those whose names begin so.
    func statistics(_ prefix: String) async throws -> [String: Int] {
        let text = try await get("/stats?usedonly")
        var values: [String: Int] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix(prefix) {
            let parts = line.split(separator: ":")
            if parts.count == 2 { values[String(parts[0])] = Int(parts[1].trimmingCharacters(in: .whitespaces)) }
        }
        return values
    }

    func get(_ path: String) async throws -> String {
        let url = try #require(URL(string: "http://127.0.0.1:\(adminPort)\(path)"))
        let (data, _) = try await URLSession.shared.data(from: url)
        return String(decoding: data, as: UTF8.self)
    }

    static func freePort() throws -> Int { Int(try TestServer.closedPort()) }

    private static func bootstrap(nodeID: String, port: Int, adminPort: Int, folder: URL) -> String {
        """
        {"node": {"id": "\(nodeID)", "cluster": "test"},
         "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": \(adminPort)}}},
         "dynamic_resources": {
           "ads_config": {
             "api_type": "DELTA_GRPC", "transport_api_version": "V3", "set_node_on_first_message_only": true,
             "grpc_services": [{"google_grpc": {
               "target_uri": "127.0.0.1:\(port)", "stat_prefix": "xds",
               "channel_credentials": {"ssl_credentials": {"root_certs": {"filename": "\(folder.path)/root.pem"}}},
               "credentials_factory_name": "envoy.grpc_credentials.file_based_metadata",
               "call_credentials": [{"from_plugin": {
                 "name": "envoy.grpc_credentials.file_based_metadata",
                 "typed_config": {
                   "@type": "type.googleapis.com/envoy.config.grpc_credential.v3.FileBasedMetadataConfig",
                   "secret_data": {"filename": "\(folder.path)/token"},
                   "header_key": "authorization", "header_prefix": "Bearer "}}}]}}]},
           "cds_config": {"ads": {}, "resource_api_version": "V3"},
           "lds_config": {"ads": {}, "resource_api_version": "V3"}}}
        """
    }
}

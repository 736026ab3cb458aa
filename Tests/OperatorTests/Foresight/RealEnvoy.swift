import Foundation
import JSON
import TestSupport
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A real Envoy, if there is one: `SWIFTLET_ENVOY` names the program.
struct RealEnvoy: Sendable {
    static let program = ProcessInfo.processInfo.environment["SWIFTLET_ENVOY"] ?? ""

    /// For suites that need it. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(if: !program.isEmpty, "needs Envoy: set SWIFTLET_ENVOY to its path")

    private let adminPort: Int

    /// Runs while `body` runs, and asks the control plane on a port of this machine.
    static func running(
        nodeID: String,
        controlPlane port: Int,
        authority: String,
        _ body: (RealEnvoy) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "envoy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = folder.appending(path: "root.pem")
        try Data(authority.utf8).write(to: root)
        let adminPort = Int(try TestServer.closedPort())
        let bootstrap = bootstrap(nodeID: nodeID, port: port, adminPort: adminPort, root: root.path)
        try await running(bootstrap, adminPort: adminPort, body)
    }

    /// Runs while `body` runs.
    ///
    /// - Parameter adminPort: that of the bootstrap.
    static func running(
        _ bootstrap: String,
        adminPort: Int,
        _ body: (RealEnvoy) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "envoy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = folder.appending(path: "log")
        try Data().write(to: log)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [
            "--config-yaml", bootstrap,
            "--disable-hot-restart", "--concurrency", "1", "--log-level", "warn",
            "--drain-time-s", "1",
        ]
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer {
            // It may have been born with other signals blocked.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        do {
            try await body(RealEnvoy(adminPort: adminPort))
        } catch {
            Issue.record("Envoy said: \(String(decoding: try Data(contentsOf: log), as: UTF8.self).suffix(3000))")
            throw error
        }
    }

    /// All that it has.
    func dump() async throws -> EnvoyDump {
        let url = try #require(URL(string: "http://127.0.0.1:\(adminPort)/config_dump?include_eds"))
        let (data, _) = try await URLSession.shared.data(from: url)
        return try EnvoyDump(parsing: JSONValue(parsing: Array(data)))
    }

    /// Whether it has read its configuration.
    func isUp() async throws -> Bool {
        let url = try #require(URL(string: "http://127.0.0.1:\(adminPort)/server_info"))
        do {
            let (data, _) = try await URLSession.shared.data(from: url)
            return try JSONValue(parsing: Array(data))["state"] != nil
        } catch is URLError {
            return false
        }
    }

    private static func bootstrap(nodeID: String, port: Int, adminPort: Int, root: String) -> String {
        """
        {"node": {"id": "\(nodeID)", "cluster": "test"},
         "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": \(adminPort)}}},
         "dynamic_resources": {
           "ads_config": {
             "api_type": "DELTA_GRPC", "transport_api_version": "V3", "set_node_on_first_message_only": true,
             "grpc_services": [{"google_grpc": {
               "target_uri": "127.0.0.1:\(port)", "stat_prefix": "xds",
               "channel_credentials": {"ssl_credentials": {"root_certs": {"filename": "\(root)"}}}}}]},
           "cds_config": {"ads": {}, "resource_api_version": "V3"},
           "lds_config": {"ads": {}, "resource_api_version": "V3"}}}
        """
    }
}

import Foundation
import Injection
import JSON
import Testing

@testable import Operator

/// The sidecar's projected volume as a kubelet keeps it: files are links into a directory that is replaced as a whole.
struct ProjectedVolume {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "volume-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() {
        do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
    }

    /// Fills the volume of an injected pod.
    ///
    /// - Returns: Envoy's configuration as the kubelet would expand it, reading from here.
    func start(_ pod: JSONValue, token: String, adminPort: Int) throws -> String {
        func annotation(_ key: String) -> String {
            pod[path: "metadata", "annotations", key]?.stringValue ?? ""
        }
        try replace([
            "trust-bundle.json": annotation(MetadataKey.trustBundle),
            "token.json": here(annotation("swiftlet.phys.app/sidecar-token")), "token": token,
        ])
        let containers = pod[path: "spec", "initContainers"]?.arrayValue ?? []
        let sidecar = try #require(containers.first { $0["name"] == "kuma-sidecar" })
        let arguments = (sidecar["args"]?.arrayValue ?? []).compactMap(\.stringValue)
        let flag = try #require(arguments.firstIndex(of: "--config-yaml"))
        let variables = ["POD_NAME": "web-1", "POD_NAMESPACE": "shop", "INSTANCE_IP": "127.0.0.1"]
        var bootstrap = try JSONValue(parsing: here(VariableExpansion.expanded(arguments[flag + 1], variables)))
        bootstrap[path: "static_resources", "listeners"] = nil
        bootstrap[path: "admin", "address", "socket_address", "port_value"] = .int(Int64(adminPort))
        return bootstrap.encodedText()
    }

    private func here(_ text: String) -> String {
        text.replacingOccurrences(of: "/var/run/secrets/swiftlet", with: folder.path)
    }

    /// Replaces these files in one instant; the others stay.
    func replace(_ files: [String: String]) throws {
        let manager = FileManager.default
        let link = folder.appending(path: "..data")
        let generation = folder.appending(path: "..\(UUID().uuidString)")
        try manager.createDirectory(at: generation, withIntermediateDirectories: true)
        if manager.fileExists(atPath: link.path) {
            for name in try manager.contentsOfDirectory(atPath: link.path) where files[name] == nil {
                try Data(contentsOf: link.appending(path: name)).write(to: generation.appending(path: name))
            }
        }
        for (name, text) in files { try Data(text.utf8).write(to: generation.appending(path: name)) }
        let next = folder.appending(path: "..data_tmp")
        try manager.createSymbolicLink(atPath: next.path, withDestinationPath: generation.lastPathComponent)
        try #require(rename(next.path, link.path) == 0)
        for name in files.keys where !manager.fileExists(atPath: folder.appending(path: name).path) {
            try manager.createSymbolicLink(
                atPath: folder.appending(path: name).path,
                withDestinationPath: "..data/\(name)"
            )
        }
    }
}

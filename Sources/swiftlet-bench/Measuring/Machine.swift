import Glibc
import KubeRuntime

/// What the figures were taken on.
struct Machine: Sendable {
    /// For people, one fact each.
    let lines: [String]

    /// - Parameter server: the version of the API server.
    static func described(server: String) async throws -> Machine {
        let files = ProcessFiles.system
        func firstLine(_ path: String) -> String { (files.text(path) ?? "unknown").firstLine }
        func field(_ path: String, _ name: String) -> String {
            let line = (files.text(path) ?? "").split(separator: "\n").first { $0.hasPrefix(name) }
            return line.flatMap { $0.split(separator: ":", maxSplits: 1).last }.map(\.trimmed) ?? "unknown"
        }
        let kibibytes = field("/proc/meminfo", "MemTotal").split(separator: " ").first.flatMap { Double($0) } ?? 0
        return Machine(lines: [
            "CPU: \(field("/proc/cpuinfo", "model name")), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores",
            "Memory: \((kibibytes / 1_048_576).fixed(1)) GiB; kernel: \(firstLine("/proc/sys/kernel/osrelease"))",
            "Kubernetes: \(server); \(await swiftVersion()), release build",
            "Date: \(TimeSource.system.wall); load average before: \(loadAverage)",
        ])
    }

    /// Over the last 1, 5 and 15 minutes.
    static var loadAverage: String {
        let line = (ProcessFiles.system.text("/proc/loadavg") ?? "unknown").firstLine
        return line.split(separator: " ").prefix(3).joined(separator: ", ")
    }

    /// The path of a program in the directory of this one.
    static func siblingOfThisProgram(_ name: String) -> String {
        let path = thisProgram
        guard let slash = path.lastIndex(of: "/") else { return name }
        return path[...slash] + name
    }

    static var thisProgram: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func swiftVersion() async -> String {
        do {
            return try await ChildProcess.running("swift", ["--version"]) { child in
                try await child.line(within: .seconds(20)).split(separator: "(").first.map(\.trimmed) ?? "Swift"
            }
        } catch {
            return "Swift (the toolchain is not on this machine)"
        }
    }
}

extension StringProtocol {
    var firstLine: String { String(prefix { $0 != "\n" }) }

    /// Without spaces and tabs at both ends.
    var trimmed: String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

import Glibc
import KubeModel

extension HostEnvironment {
    /// The machine and process we run in.
    ///
    /// - Parameter warn: told of what went wrong without consequence so far.
    package static func live(warn: @escaping @Sendable (_ message: String) -> Void) -> HostEnvironment {
        let start = ContinuousClock.now
        return HostEnvironment(
            variables: currentVariables(),
            workingDirectory: currentDirectory(),
            readFile: { try BoundedFile.read($0, limit: maximumFileSize) },
            isStandardInputTerminal: { isatty(STDIN_FILENO) == 1 },
            now: { Timestamp(secondsSinceEpoch: Int64(time(nil))) },
            uptime: { ContinuousClock.now - start },
            processes: SubprocessRunner(),
            warn: warn
        )
    }

    private static func currentVariables() -> [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let separator = text.firstIndex(of: "=") {
                variables[String(text[..<separator])] = String(text[text.index(after: separator)...])
            }
            next += 1
        }
        return variables
    }

    private static func currentDirectory() -> String {
        guard let path = realpath(".", nil) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}

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
            readFile: { try readWholeFile($0) },
            isStandardInputTerminal: { isatty(STDIN_FILENO) == 1 },
            now: { Timestamp(secondsSinceEpoch: Int64(time(nil))) },
            uptime: { ContinuousClock.now - start },
            processes: SubprocessRunner(),
            warn: warn
        )
    }

    /// An operating system call that failed.
    private struct SystemError: Error, CustomStringConvertible {
        var description: String

        init(errno code: Int32) { description = String(cString: strerror(code)) }
        init(_ text: String) { description = text }
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

    private static func readWholeFile(_ path: String) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError(errno: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let received = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if received < 0, errno == EINTR { continue }
            guard received >= 0 else { throw SystemError(errno: errno) }
            if received == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<received])
            guard bytes.count <= maximumFileSize else {
                throw SystemError("it is larger than \(maximumFileSize >> 20) MiB")
            }
        }
    }
}

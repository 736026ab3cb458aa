import Glibc

/// Reads whole files of bounded size: everything that a person, a kubeconfig or the environment names by its path.
///
/// A path may lead to anything. Regular files are read up to a limit. What has no end or may keep its reader waiting is refused without
/// reading: devices other than `/dev/null`, FIFOs, sockets, directories. Descriptors that this process was started with (`-f <(command)`,
/// `/dev/stdin`) may be pipes; they are read to their end or up to the limit, like standard input.
package enum BoundedFile {
    /// Why a file is not read, as the end of a sentence about it.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }

        init(errno code: Int32) { description = String(cString: strerror(code)) }
    }

    /// The bytes of a file; `nil` when there is none at that path.
    ///
    /// - Parameter limit: in bytes; larger files are refused.
    package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8]? {
        // Opening a FIFO for reading waits for somebody who writes, unless asked not to.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure(errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Failure("it is a directory")
        case S_IFIFO where isInherited(path):
            let flags = fcntl(descriptor, F_GETFL)
            guard flags >= 0, fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 else { throw Failure(errno: errno) }
        case S_IFIFO: throw Failure("it is a named pipe; a regular file is expected")
        case S_IFCHR where isInherited(path) || isNull(status): break
        default: throw Failure("it is a device; a regular file is expected")
        }
        return try readToEnd(descriptor, limit: limit)
    }

    /// Reads standard input, whatever it is, to its end.
    ///
    /// - Throws: also when it is longer than `limit` bytes.
    package static func readStandardInput(limit: Int) throws(Failure) -> [UInt8] {
        try readToEnd(STDIN_FILENO, limit: limit)
    }

    private static func isInherited(_ path: String) -> Bool {
        path == "/dev/stdin" || path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/self/fd/")
    }

    private static func isNull(_ status: stat) -> Bool {
        var null = stat()
        return stat("/dev/null", &null) == 0 && null.st_rdev == status.st_rdev
    }

    private static func readToEnd(_ descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let received = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if received < 0, errno == EINTR { continue }
            guard received >= 0 else { throw Failure(errno: errno) }
            if received == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<received])
            guard bytes.count <= limit else { throw Failure("it is larger than \(limit >> 20) MiB") }
        }
    }
}

import Glibc

/// The files in which the kernel describes this process, as a parameter.
package struct ProcessFiles: Sendable {
    /// Reads a whole file; `nil` when that is not possible.
    package var text: @Sendable (_ path: String) -> String?
    /// How many file descriptors are open; `nil` when that is not known.
    package var countDescriptors: @Sendable () -> Int?
    /// The unit of times.
    package var ticksPerSecond: Double
    /// The unit of resident memory, in bytes.
    package var pageSize: Double

    package init(
        text: @escaping @Sendable (_ path: String) -> String?,
        countDescriptors: @escaping @Sendable () -> Int?,
        ticksPerSecond: Double = 100,
        pageSize: Double = 4096
    ) {
        self.text = text
        self.countDescriptors = countDescriptors
        self.ticksPerSecond = ticksPerSecond
        self.pageSize = pageSize
    }

    /// The files of the machine.
    package static let system = ProcessFiles(
        text: { readText($0) },
        countDescriptors: { openDescriptors() },
        ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
        pageSize: Double(sysconf(Int32(_SC_PAGESIZE)))
    )

    /// `/proc/stat` of a large machine is some hundred KiB.
    private static let maximumSize = 4 << 20

    private static func readText(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < maximumSize {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return ferror(file) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func openDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Not counted: ".", "..", and the descriptor that the directory itself is read through.
        return max(count - 3, 0)
    }
}

import Glibc

/// A limit of a process's memory, as a container has it: a memory cgroup of its own.
struct MemoryLimit {
    private let folder: String
    private let parent: String
    private let process: pid_t

    /// `nil` where no cgroup can be made: not as root, or the controller is not there.
    init?(bytes: Int, process: pid_t) throws(BenchError) {
        let name = "swiftlet-bench-\(getpid())"
        let version1 = "/sys/fs/cgroup/memory"
        let isVersion1 = access("\(version1)/cgroup.procs", W_OK) == 0
        parent = isVersion1 ? version1 : "/sys/fs/cgroup"
        folder = "\(parent)/\(name)"
        self.process = process
        guard mkdir(folder, 0o755) == 0 else { return nil }
        let limit = isVersion1 ? "memory.limit_in_bytes" : "memory.max"
        guard Self.write("\(bytes)", to: "\(folder)/\(limit)"), Self.write("\(process)", to: "\(folder)/cgroup.procs")
        else {
            rmdir(folder)
            return nil
        }
    }

    /// Gives the process back to the cgroup above. One that has ended is in none.
    func remove() {
        _ = Self.write("\(process)", to: "\(parent)/cgroup.procs")
        rmdir(folder)
    }

    private static func write(_ text: String, to path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return Array(text.utf8).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) } == text.utf8.count
    }
}

/// What the kernel says about this process, under the names that all Prometheus clients use. What cannot be read is left out.
package struct ProcessMetrics: MetricsCollector {
    private let files: ProcessFiles
    /// The time of start does not change.
    private let startTime: Double?

    package init(files: ProcessFiles = .system) {
        self.files = files
        startTime = Self.startTime(files)
    }

    package func collect(into metrics: inout MetricsCollection) {
        if let startTime { metrics.gauge("process_start_time_seconds", startTime) }
        if let statistics = ProcessStatistics(files.text("/proc/self/stat")) {
            let ticks = Double(statistics.userTicks) + Double(statistics.systemTicks)
            metrics.counter("process_cpu_seconds_total", ticks / files.ticksPerSecond)
            metrics.gauge("process_virtual_memory_bytes", Double(statistics.virtualBytes))
            metrics.gauge("process_resident_memory_bytes", Double(statistics.residentPages) * files.pageSize)
        }
        if let open = files.countDescriptors() { metrics.gauge("process_open_fds", Double(open)) }
        if let limit = Self.memoryLimit(files) { metrics.gauge("cgroup_memory_limit_bytes", limit) }
        if let most = Self.openFileLimit(files.text("/proc/self/limits")) { metrics.gauge("process_max_fds", most) }
    }

    /// The kernel counts from its own start, which `/proc/stat` gives in seconds since 1970.
    private static func startTime(_ files: ProcessFiles) -> Double? {
        guard let statistics = ProcessStatistics(files.text("/proc/self/stat")),
            let line = files.text("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let boot = Double(line.dropFirst("btime ".count))
        else { return nil }
        return boot + Double(statistics.startTicks) / files.ticksPerSecond
    }

    /// What the container may use, of version 2 of control groups or of version 1; `nil` when there is no limit.
    private static func memoryLimit(_ files: ProcessFiles) -> Double? {
        let text =
            files.text("/sys/fs/cgroup/memory.max") ?? files.text("/sys/fs/cgroup/memory/memory.limit_in_bytes")
        guard let text, let limit = UInt64(text.prefix { $0.isNumber }) else { return nil }
        // Version 1 says the largest number of pages for none.
        return limit < 1 << 62 ? Double(limit) : nil
    }

    /// The soft limit; infinity when there is none.
    private static func openFileLimit(_ limits: String?) -> Double? {
        let prefix = "Max open files"
        guard let line = limits?.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }),
            let soft = line.dropFirst(prefix.count).split(separator: " ").first
        else { return nil }
        return soft == "unlimited" ? .infinity : UInt64(soft).map { Double($0) }
    }
}

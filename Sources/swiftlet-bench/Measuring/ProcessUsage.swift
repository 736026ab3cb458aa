import Glibc
import KubeRuntime

/// What a process has used up so far, as the kernel counts it.
struct ProcessUsage: Sendable {
    /// User and system time of all its threads, those that ended included.
    var cpu: Double
    var residentMebibytes: Double
    /// The part of it that is its own: the rest are pages of programs and libraries, which processes share.
    var anonymousMebibytes: Double
    /// The most that was ever resident.
    var peakMebibytes: Double

    /// - Throws: ``BenchError`` when there is no such process.
    init(of process: pid_t) throws(BenchError) {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0,
            let status = ProcessFiles.system.text("/proc/\(process)/status")
        else { throw BenchError("process \(process) has ended") }
        cpu = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        residentMebibytes = Self.mebibytes("VmRSS", status)
        anonymousMebibytes = Self.mebibytes("RssAnon", status)
        peakMebibytes = Self.mebibytes("VmHWM", status)
    }

    private static func mebibytes(_ field: String, _ status: String) -> Double {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("\(field):") }) else { return 0 }
        let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0
        return kibibytes / 1024
    }
}

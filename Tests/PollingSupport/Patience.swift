import Foundation

/// How much longer things take here than on an idle machine of the usual speed.
///
/// Deadlines of tests are multiplied by it, so that they tell what never happens from what happens late. What happens in time costs nothing.
package enum Patience {
    /// From 1 to 10. Reads how busy the machine is now.
    package static var factor: Double { factor(speed: speed, load: load) }

    /// - Parameters:
    ///   - speed: how many times slower than usual a processor is.
    ///   - load: how many processes want to run for each processor, averaged over the last minute.
    package static func factor(speed: Double, load: Double) -> Double {
        min(max(max(speed, 1) * max(load, 1), 1), 10)
    }

    /// `SWIFTLET_PATIENCE`, or measured once: the processor time of a computation that usually takes ``usual``.
    private static let speed: Double = {
        if let given = ProcessInfo.processInfo.environment["SWIFTLET_PATIENCE"], let factor = Double(given) {
            return factor
        }
        let start = processorTime()
        var state: UInt64 = 1
        for index in 0..<200_000 as Range<UInt64> { state = (state ^ index) &* 0x9E37_79B9_7F4A_7C15 }
        let taken = processorTime() - start
        return state == 0 ? 1 : taken / usual
    }()

    /// In seconds, in a debug build.
    private static let usual = 0.02

    /// Of this thread, in seconds.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static var load: Double {
        var averages = [0.0]
        guard getloadavg(&averages, 1) == 1 else { return 1 }
        return averages[0] / Double(ProcessInfo.processInfo.activeProcessorCount)
    }
}

extension Duration {
    /// This long on an idle machine of the usual speed.
    package var patiently: Duration { self * Patience.factor }
}

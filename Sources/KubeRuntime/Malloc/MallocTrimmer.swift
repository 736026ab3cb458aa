import Logging
import ServiceLifecycle

/// Gives back to the kernel what a burst has left free, within a minute.
package struct MallocTrimmer: Service {
    private static let interval = Duration.seconds(60)

    private let time: TimeSource
    private let logger: Logger

    package init(time: TimeSource = .system, logger: Logger) {
        self.time = time
        self.logger = logger
    }

    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var machine = MallocTrimMachine()
                while true {
                    try await time.sleep(until: time.now.advanced(by: Self.interval))
                    guard let before = Malloc.figures, machine.isDue(before) else { continue }
                    Malloc.trim()
                    machine.trimmed(Malloc.figures ?? before)
                    logger.debug(
                        "gave free memory back",
                        metadata: ["used": "\(before.used)", "free": "\(before.free)"]
                    )
                }
            }
        } catch is CancellationError {
            // The process ends.
        }
    }
}

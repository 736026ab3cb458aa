import Glibc
import Synchronization

/// Where lines of the log go: whole lines, one after the other, from whichever thread.
package final class LogOutput: Sendable {
    private let lock = Mutex<Void>(())
    private let write: @Sendable ([UInt8]) -> Void
    /// Whether a terminal shows them, in colours.
    package let isColored: Bool

    /// - Parameter write: takes a line; is never called twice at a time.
    package init(isColored: Bool = false, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.isColored = isColored
        self.write = write
    }

    /// Standard error, which leaves standard output to the command's result. Colours on a terminal, unless `NO_COLOR` is set.
    package static let standardError = LogOutput(
        isColored: isatty(STDERR_FILENO) == 1 && getenv("NO_COLOR") == nil
    ) { line in
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody is left to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func put(_ line: [UInt8]) { lock.withLock { _ in write(line) } }
}

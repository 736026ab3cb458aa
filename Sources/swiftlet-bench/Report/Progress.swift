import Glibc

/// Tells on standard error what is going on, which leaves standard output to the figures.
struct Progress: Sendable {
    private let start = ContinuousClock.now

    func say(_ text: String) {
        let seconds = (ContinuousClock.now - start).seconds
        put("[\(seconds.fixed(1)) s] \(text)", on: STDERR_FILENO)
    }
}

/// Writes a line at once, unbuffered. What the other end does not take is lost: nobody reads it then.
func put(_ line: String, on descriptor: CInt) {
    _ = Array("\(line)\n".utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
}

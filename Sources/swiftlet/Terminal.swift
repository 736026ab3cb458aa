import Glibc
import KubeClient
import YAML

/// The terminal, or what stands in its place.
enum Terminal {
    /// Whether a person reads standard output, in colours.
    static var isColored: Bool {
        isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil
    }

    /// Writes a line for people who keep standard output for programs.
    static func note(_ line: String) {
        write("\(line)\n", to: STDERR_FILENO)
    }

    /// Writes text as it is, however long, to standard output.
    static func put(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Reads standard input to its end.
    ///
    /// - Throws: ``BoundedFile/Failure`` when it is longer than any manifest.
    static func readInput() throws(BoundedFile.Failure) -> [UInt8] {
        try BoundedFile.readStandardInput(limit: YAMLLimits.default.bytes)
    }

    /// A reader that has gone (`| head`) is no error of ours.
    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

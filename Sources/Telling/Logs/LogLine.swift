import KubeRuntime
import Logging

/// What one line of the log says, whatever its form.
package struct LogLine: Sendable {
    package var time: MicroTime
    package var level: Logger.Level
    package var message: String
    /// The label of the logger.
    package var logger: String
    /// In the order in which they are written, each name once.
    package var fields: [(name: String, value: Logger.MetadataValue)]

    package init(
        time: MicroTime,
        level: Logger.Level,
        message: String,
        logger: String,
        metadata: Logger.Metadata = [:]
    ) {
        self.time = time
        self.level = level
        self.message = message
        self.logger = logger
        fields = metadata.map { ($0.key, $0.value) }.sorted { Self.precedes($0.name, $1.name) }
    }

    /// The fields that people look for first, and those that only searches need.
    private static let first = ["error", "controller", "resource", "kind", "namespace", "name"]
    private static let last = ["generation", "reconcileID", "traceID", "spanID"]

    private static func precedes(_ left: String, _ right: String) -> Bool {
        (rank(left), left) < (rank(right), right)
    }

    private static func rank(_ name: String) -> Int {
        if let index = first.firstIndex(of: name) { return index }
        return last.firstIndex(of: name).map { first.count + 1 + $0 } ?? first.count
    }
}

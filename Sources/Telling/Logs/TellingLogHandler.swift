import KubeRuntime
import Logging

/// Writes what is logged as lines of a ``LogFormat``.
///
/// A line is one call of ``LogOutput``; nothing in it can make two lines of it. Metadata of the call wins over that of a provider, and that over
/// the logger's. An error that is logged as such is the field `error`.
package struct TellingLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level = .info

    private let label: String
    private let format: LogFormat
    private let output: LogOutput
    private let now: @Sendable () -> MicroTime

    package init(
        label: String,
        format: LogFormat,
        output: LogOutput = .standardError,
        metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> MicroTime = { TimeSource.system.wall }
    ) {
        self.label = label
        self.format = format
        self.output = output
        self.metadataProvider = metadataProvider
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let given = event.metadata { fields.merge(given) { $1 } }
        if let error = event.error, fields["error"] == nil { fields["error"] = "\(error)" }
        let line = LogLine(
            time: now(),
            level: event.level,
            message: "\(event.message)",
            logger: label,
            metadata: fields
        )
        output.put(format.bytes(of: line, isColored: output.isColored))
    }
}

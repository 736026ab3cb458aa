import Logging

/// Keeps what is logged as a warning or worse.
struct WarningKeeper: LogHandler {
    let kept: Locked<[String]>
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level = .warning

    init(kept: Locked<[String]>) { self.kept = kept }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { kept.change { $0.append("\(event.message) \(event.metadata ?? [:])") } }
}

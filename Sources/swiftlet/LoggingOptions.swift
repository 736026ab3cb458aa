import ArgumentParser
import Logging
import Telling

/// What is logged, and how it looks.
struct LoggingOptions: ParsableArguments {
    @Option(help: "Least severe messages that are logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    @Option(help: "Form of the log: logfmt for people, json for machines.")
    var logFormat: LogFormat = .logfmt

    /// A logger that writes to standard error, which leaves standard output to the command's result.
    func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) {
            TellingLogHandler(label: $0, format: logFormat, metadataProvider: .span)
        }
        logger.logLevel = logLevel
        return logger
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}

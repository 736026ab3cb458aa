import ArgumentParser
import Logging

/// How much is logged.
struct LoggingOptions: ParsableArguments {
    @Option(help: "Least severe messages that are logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel: Logger.Level = .info

    /// A logger that writes to standard error, which leaves standard output to the command's result.
    func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

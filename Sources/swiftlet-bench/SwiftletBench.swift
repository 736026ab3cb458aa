import ArgumentParser

/// Measures Swiftlet on a real API server.
@main
struct SwiftletBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftlet-bench",
        abstract: "Measure Swiftlet on a real API server, and print the figures beside those of a Go peer.",
        subcommands: [MeasureCommand.self, InformerCommand.self],
        defaultSubcommand: MeasureCommand.self
    )
}

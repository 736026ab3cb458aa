import ArgumentParser

/// Measures the operator and prints the figures.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "swiftlet-bench", abstract: "Measure Swiftlet.")

    func run() async throws {}
}

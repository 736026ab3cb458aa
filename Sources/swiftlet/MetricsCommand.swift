import ArgumentParser
import JSON
import KubeRuntime
import Operator

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "List the metrics of the operator: name, type, labels, and what each tells.",
        discussion: "manifests/METRICS.md is printed by --markdown."
    )

    @Option(name: .shortAndLong, help: "Print a document for programs: yaml or json.")
    var output: OutputFormat?

    @Flag(help: "Print a table in Markdown.")
    var markdown = false

    func run() {
        let table = MetricTable(.swiftlet)
        if let output { return Terminal.put(output.text(table.document)) }
        Terminal.put(markdown ? table.markdown : table.text)
    }
}

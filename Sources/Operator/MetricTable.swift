import JSON
import KubeRuntime

/// The metrics of a catalog, to be read.
package struct MetricTable: Sendable {
    private let metrics: [MetricDescription]

    package init(_ catalog: MetricCatalog) { metrics = catalog.metrics }

    package var text: String {
        var table = TextTable(["NAME", "TYPE", "LABELS", "TELLS"])
        for metric in metrics { table.add(cells(of: metric)) }
        return table.text()
    }

    package var markdown: String {
        let head = """
            # Metrics

            What `/metrics` of the operator shows, on port 8080; written by `make generate`. Names of controller-runtime and client-go mean what they mean there.

            | name | type | labels | tells |
            |---|---|---|---|

            """
        return head
            + metrics.map { metric in
                let cells = cells(of: metric)
                return "| `\(cells[0])` | \(cells[1]) | \(cells[2]) | \(cells[3]) |\n"
            }.joined()
    }

    package var document: JSONValue {
        .array(
            metrics.map { metric in
                [
                    "name": .string(metric.name), "type": .string(metric.shape?.kind.rawValue ?? ""),
                    "labels": .strings(metric.shape?.labels ?? []), "help": .string(metric.help),
                ]
            }
        )
    }

    private func cells(of metric: MetricDescription) -> [String] {
        [
            metric.name, metric.shape?.kind.rawValue ?? "",
            metric.shape?.labels.joined(separator: ", ") ?? "", metric.help,
        ]
    }
}

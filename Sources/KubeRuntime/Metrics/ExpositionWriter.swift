/// Writes the Prometheus text exposition format, version 0.0.4:
/// https://prometheus.io/docs/instrumenting/exposition_formats/
struct ExpositionWriter {
    private(set) var text = ""

    /// Writes one metric: its head, then the samples in the order of their labels. Of samples with equal labels only the
    /// first is written; the format forbids more.
    mutating func write(_ name: String, kind: MetricKind, help: String?, samples: [MetricSample]) {
        guard !samples.isEmpty else { return }
        if let help { text += "# HELP \(name) \(Self.escapedHelp(help))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
        var last: MetricLabels?
        for sample in samples.sorted(by: { $0.labels.text < $1.labels.text }) where sample.labels != last {
            last = sample.labels
            write(name, sample)
        }
    }

    private mutating func write(_ name: String, _ sample: MetricSample) {
        let labels = sample.labels.text
        switch sample.value {
        case .integer(let value): line(name, labels, String(value))
        case .number(let value): line(name, labels, Self.text(value))
        case .histogram(let reading):
            let separator = labels.isEmpty ? "" : ","
            var total: UInt64 = 0
            for (bound, count) in zip(reading.buckets.labels + ["+Inf"], reading.counts) {
                total += count
                line("\(name)_bucket", "\(labels)\(separator)le=\"\(bound)\"", String(total))
            }
            line("\(name)_sum", labels, Self.text(reading.sum))
            line("\(name)_count", labels, String(total))
        }
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += labels
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    /// The shortest text that reads as the same number, whole numbers without a fraction.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func escapedHelp(_ help: String) -> String {
        var escaped = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// One series at the moment of a scrape.
struct MetricSample: Sendable {
    let labels: MetricLabels
    let value: MetricValue
}

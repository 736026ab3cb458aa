import KubeRuntime

extension PrometheusRegistry {
    /// The value of a series, written as in the text format; `nil` when there is none.
    func value(_ series: String) -> Double? {
        let line = text().split(separator: "\n").first { $0.hasPrefix("\(series) ") }
        return line.flatMap { Double($0.dropFirst(series.count + 1)) }
    }
}

/// What a program tells of itself in the Prometheus text format.
struct Metrics: Sendable {
    private let samples: [(name: Substring, labels: Substring, value: Double)]

    init(parsing text: String) {
        samples = text.split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...])
            else { return nil }
            let series = line[..<space]
            let brace = series.firstIndex(of: "{") ?? series.endIndex
            return (series[..<brace], series[brace...], value)
        }
    }

    /// The sum over all series of a metric that have the label.
    func sum(_ name: String, _ label: String = "") -> Double {
        samples.filter { $0.name == name && (label.isEmpty || $0.labels.contains(label)) }.reduce(0) { $0 + $1.value }
    }

    /// The value that this share of what a histogram counted since `earlier` does not exceed: within a bucket, in proportion.
    func quantile(_ share: Double, _ name: String, since earlier: Metrics) -> Double {
        let bounds = samples.filter { $0.name == "\(name)_bucket" }.compactMap { sample -> (Double, Double)? in
            guard let bound = Self.bound(sample.labels) else { return nil }
            return (bound, sample.value - earlier.sum("\(name)_bucket", "le=\"\(Self.text(sample.labels))\""))
        }.sorted { $0.0 < $1.0 }
        let rank = share * (bounds.last?.1 ?? 0)
        var (lower, below) = (0.0, 0.0)
        for (bound, count) in bounds {
            if count >= rank, count > below {
                return bound.isInfinite ? lower : lower + (bound - lower) * (rank - below) / (count - below)
            }
            (lower, below) = (bound, count)
        }
        return lower
    }

    /// What `le` says.
    private static func text(_ labels: Substring) -> Substring {
        let parts = labels.split(separator: "\"", omittingEmptySubsequences: false)
        guard let name = parts.firstIndex(where: { $0.hasSuffix("le=") }), name + 1 < parts.count else { return "" }
        return parts[name + 1]
    }

    private static func bound(_ labels: Substring) -> Double? {
        let text = text(labels)
        return text == "+Inf" ? .infinity : Double(text)
    }

    /// Requests to the API server by HTTP method.
    var requests: [String: Int] {
        var result: [String: Int] = [:]
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let count = Int(sum("rest_client_requests_total", "method=\"\(method)\""))
            if count > 0 { result[method] = count }
        }
        return result
    }

    /// Requests that change something.
    var writes: Int { requests.filter { $0.key != "GET" }.values.reduce(0, +) }
}

extension [String: Int] {
    /// Such as `12 GET, 4000 PATCH`.
    var summary: String {
        isEmpty ? "none" : sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
}

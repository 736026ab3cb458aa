import KubeRuntime

/// What a scrape shows, held against what the catalog says.
enum ExposedMetrics {
    /// Names, types and labels that are not as the catalog says.
    static func faults(in text: String, catalog: MetricCatalog) -> Set<String> {
        let known = Dictionary(uniqueKeysWithValues: catalog.metrics.map { ($0.name, $0) })
        var faults: Set<String> = []
        var name = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ").map(String.init)
                name = words[2]
                if known[name]?.shape?.kind.rawValue != words[3] { faults.insert("\(name) is a \(words[3])") }
            } else if !line.hasPrefix("#") {
                let labels = labels(of: line).filter { $0 != "le" }
                let wanted = known[name]?.shape?.labels ?? []
                if Set(labels) != Set(wanted) { faults.insert("\(name) has the labels \(labels.sorted())") }
            }
        }
        return faults
    }

    private static func labels(of line: Substring) -> [String] {
        guard let start = line.firstIndex(of: "{") else { return [] }
        return line[start...].matches(of: /([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*"/).map { String($0.1) }
    }
}

/// Names as the Prometheus text format allows them: `[a-zA-Z_:][a-zA-Z0-9_:]*` for metrics, the same without colons for labels.
enum MetricName {
    /// The name with every character that may not be there replaced by `_`.
    static func metric(_ name: String) -> String { valid(name, allowsColon: true) }

    /// As ``metric(_:)``. What Prometheus reserves, a leading `__` and the `le` of histograms, is renamed.
    static func label(_ name: String) -> String {
        var label = valid(name, allowsColon: false)
        while label.hasPrefix("__") { label.removeFirst() }
        return label == "le" ? "exported_le" : label
    }

    private static func valid(_ name: String, allowsColon: Bool) -> String {
        var valid = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": valid.append(scalar)
            case ":" where allowsColon: valid.append(scalar)
            case "0"..."9":
                if valid.isEmpty { valid.append("_") }
                valid.append(scalar)
            default: valid.append("_")
            }
        }
        return valid.isEmpty ? "_" : String(valid)
    }
}

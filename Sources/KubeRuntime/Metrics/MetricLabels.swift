/// The labels of one series in the form in which they are printed, so that sorting and escaping happen once, when the series
/// is made. Equal labels in another order are equal.
package struct MetricLabels: Hashable, Sendable {
    /// What stands between the braces, such as `code="200",method="GET"`; empty without labels.
    let text: String

    /// Names are made valid, see ``MetricName``. Of labels with the same name the last one counts.
    ///
    /// - Parameter longestValue: values are cut after so many Unicode scalars.
    package init(_ dimensions: [(String, String)], longestValue: Int = 256) {
        guard !dimensions.isEmpty else {
            text = ""
            return
        }
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            values[MetricName.label(name)] = Self.escaped(value.unicodeScalars.prefix(longestValue))
        }
        text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: Substring.UnicodeScalarView) -> String {
        var escaped = ""
        for scalar in value {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

import ArgumentParser
import JSON
import YAML

/// Forms of output for programs.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case yaml
    case json

    /// A value in this form, with a line break at its end.
    func text(_ value: JSONValue) -> String {
        switch self {
        case .yaml: YAML.text(value)
        case .json: value.prettyText() + "\n"
        }
    }
}

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

    /// Several values as a stream of documents; in JSON, as one list.
    func text(documents: [JSONValue]) -> String {
        switch self {
        case .yaml: documents.map { YAML.text($0) }.joined(separator: "---\n")
        case .json: text(["apiVersion": "v1", "kind": "List", "items": .array(documents)])
        }
    }
}

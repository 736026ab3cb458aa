import FoundationEssentials
import JSON
import YAML

/// The alerts, their tests, the dashboard and the runbook, as they are in the checkout.
enum MonitoringFiles {
    struct Alert: Sendable {
        var name: String
        var expression: String
        var labels: JSONValue
        var annotations: JSONValue
    }

    static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    static func path(_ path: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: path).path
    }

    static func alerts() throws -> [Alert] {
        let file = try value(of: "manifests/swiftlet/files/alerts.yaml")
        return (file["groups"]?.arrayValue ?? []).flatMap { $0["rules"]?.arrayValue ?? [] }.map { rule in
            Alert(
                name: rule["alert"]?.stringValue ?? "",
                expression: rule["expr"]?.stringValue ?? "",
                labels: rule["labels"] ?? .null,
                annotations: rule["annotations"] ?? .null
            )
        }
    }

    static func value(of path: String) throws -> JSONValue {
        let documents = try YAML.documents(Array(text(path).utf8), source: path)
        return documents.first?.value ?? .null
    }

    /// The panels that show something.
    static func panels() throws -> [JSONValue] {
        let dashboard = try JSONValue(parsing: text("manifests/swiftlet/files/dashboard.json"))
        return (dashboard["panels"]?.arrayValue ?? []).filter { $0["type"] != "row" }
    }

    static func queries(of panel: JSONValue) -> [String] {
        (panel["targets"]?.arrayValue ?? []).compactMap { $0["expr"]?.stringValue }
    }
}

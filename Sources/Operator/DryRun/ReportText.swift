import JSON
import KubeModel
import YAML

/// Dry-run reports as people and programs read them.
package struct ReportText: Sendable {
    private let reports: [WebServerReport]
    private let mesh: MeshReport?

    /// - Parameter mesh: on Meshes and TrafficRoutes; `nil` when it is about none.
    package init(_ reports: [WebServerReport], mesh: MeshReport? = nil) {
        self.reports = reports
        self.mesh = mesh
    }

    private var changes: [PlannedChange] { reports.flatMap(\.changes) + (mesh?.changes ?? []) }

    /// Whether anything would be written, or told to a proxy, that a person could see.
    package var hasChanges: Bool { !changes.isEmpty || mesh?.hasChanges == true }

    /// `3 to create, 1 to change, 0 to delete`, and what is to be told to proxies; or `no changes`.
    package var summary: String {
        guard hasChanges else { return "no changes" }
        func count(_ verb: PlannedChange.Verb) -> Int { changes.count { $0.verb == verb } }
        let objects = "\(count(.create)) to create, \(count(.change)) to change, \(count(.delete)) to delete"
        return mesh.map { "\(objects); \(MeshReportText($0).summary)" } ?? objects
    }

    /// A unified diff per object, in the style of `kubectl diff`, and the summary as the last line.
    ///
    /// - Parameter colored: whether added and removed lines are coloured for a terminal.
    package func forPeople(colored: Bool) -> String {
        var text = ""
        for report in reports {
            for conflict in report.conflicts {
                text +=
                    "# \(conflict) belongs to somebody else and stays as it is (WebServer \(report.key) would be Stalled: NameConflict)\n"
            }
            for note in report.notes { text += "# \(note)\n" }
            for change in report.changes { text += colored ? Self.colored(Self.diff(change)) : Self.diff(change) }
        }
        if let mesh {
            for change in mesh.changes { text += colored ? Self.colored(Self.diff(change)) : Self.diff(change) }
            let effects = MeshReportText(mesh).effects
            text += colored ? Self.colored(effects) : effects
        }
        return text + summary + "\n"
    }

    /// A line per object that was written, as kubectl prints them, and the summary as the last line.
    package var performed: String {
        let lines = changes.map { change in
            let done =
                switch change.verb {
                case .create: "created"
                case .change: "configured"
                case .delete: "deleted"
                }
            return "\(change.resource)/\(change.key.name) \(done)\n"
        }
        return lines.joined() + (hasChanges ? "" : "no changes\n")
    }

    /// The same as one document for programs: every change with the whole object after it, and the counts.
    package var forPrograms: JSONValue {
        func count(_ verb: PlannedChange.Verb) -> JSONValue { .int(Int64(changes.count { $0.verb == verb })) }
        var plan: JSONValue = [
            "kind": "ReconcilePlan",
            "webServers": .array(reports.map(Self.json)),
            "summary": ["create": count(.create), "change": count(.change), "delete": count(.delete)],
        ]
        if let mesh {
            var document = MeshReportText(mesh).json
            document["changes"] = .array(mesh.changes.map(Self.json))
            plan["mesh"] = document
            plan["summary"]?["envoyResources"] = MeshReportText(mesh).counts
        }
        return plan
    }

    private static func json(_ report: WebServerReport) -> JSONValue {
        [
            "namespace": .string(report.key.namespace), "name": .string(report.key.name),
            "conflicts": .strings(report.conflicts), "notes": .strings(report.notes),
            "warnings": .strings(report.warnings),
            "changes": .array(report.changes.map(Self.json)),
        ]
    }

    private static func json(_ change: PlannedChange) -> JSONValue {
        .compact([
            "action": .string(change.verb.rawValue), "apiVersion": .string(change.resource.apiVersion),
            "kind": .string(change.resource.kind),
            "namespace": change.resource.isNamespaced ? .string(change.key.namespace) : nil,
            "name": .string(change.key.name), "reason": .string(change.reason),
            "before": change.before?.value,
            "after": change.after?.value,
        ])
    }

    private static func diff(_ change: PlannedChange) -> String {
        let name =
            "\(change.resource.apiVersion.replacing("/", with: ".")).\(change.resource.kind).\(change.key.namespace).\(change.key.name)"
        let title = "# \(change.verb.rawValue) \(change.resource.kind) \(change.key): \(change.reason)\n"
        return title
            + UnifiedDiff.text(
                from: change.before.map { YAML.text($0.value) } ?? "",
                to: change.after.map { YAML.text($0.value) } ?? "",
                oldName: "live/\(name)",
                newName: "planned/\(name)"
            )
    }

    private static func colored(_ diff: String) -> String {
        diff.split(separator: "\n", omittingEmptySubsequences: true).map { line in
            switch line.first {
            case "+": "\u{1B}[32m\(line)\u{1B}[0m\n"
            case "-": "\u{1B}[31m\(line)\u{1B}[0m\n"
            case "@": "\u{1B}[36m\(line)\u{1B}[0m\n"
            case "#": "\u{1B}[1m\(line)\u{1B}[0m\n"
            default: "\(line)\n"
            }
        }.joined()
    }
}

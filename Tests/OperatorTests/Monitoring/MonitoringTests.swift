import Foundation
import JSON
import KubeRuntime
import Subprocess
import SystemPackage
import Testing

@testable import Operator

/// Alerts and dashboard speak of metrics that there are, and each alert tells what to do.
struct MonitoringTests {
    private static let promtool = ProcessInfo.processInfo.environment["SWIFTLET_PROMTOOL"]

    private let catalog = Dictionary(uniqueKeysWithValues: MetricCatalog.swiftlet.metrics.map { ($0.name, $0) })

    /// What is wrong with the metrics and labels that a query asks for.
    private func faults(of query: String) -> [String] {
        query.matches(of: /([a-z_:][a-z0-9_:]*)\{([^}]*)\}/).flatMap { match -> [String] in
            let name = String(match.1)
            if name == "up" { return [] }
            let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) && catalog[name] == nil }
                .map { String(name.dropLast($0.count)) }
            guard let shape = catalog[base ?? name]?.shape else { return ["there is no metric \(name)"] }
            guard (base == nil) == (shape.kind != .histogram) else { return ["\(name) is no \(shape.kind)"] }
            let labels = match.2.matches(of: /([a-z_]+)[=!]~?"/).map { String($0.1) }
            return labels.filter { $0 != "job" && !shape.labels.contains($0) }.map { "\(name) has no label \($0)" }
        }
    }

    private func groupings(of query: String) -> [String] {
        query.matches(of: /by \(([^)]*)\)/).flatMap { $0.1.split(separator: ",").map { $0.filter { $0 != " " } } }
    }

    @Test func everyMetricIsExplainedAndHasAShape() {
        for metric in catalog.values {
            #expect(!metric.help.isEmpty, "\(metric.name) has no help")
            #expect(metric.shape != nil, "\(metric.name) has no type and labels: see MetricShape")
            // These are the target's.
            let taken = metric.shape?.labels.filter { ["job", "instance", "pod", "le"].contains($0) }
            #expect(taken == [], "\(metric.name)")
        }
    }

    @Test func theTableOfMetricsIsFresh() throws {
        #expect(
            try MonitoringFiles.text("manifests/METRICS.md") == MetricTable(.swiftlet).markdown,
            "run: make manifests"
        )
    }

    @Test func alertsAskForMetricsThatThereAre() throws {
        let labels = Set(catalog.values.flatMap { $0.shape?.labels ?? [] } + ["le", "pod"])
        for alert in try MonitoringFiles.alerts() {
            #expect(faults(of: alert.expression) == [], "\(alert.name)")
            #expect(alert.expression.contains("{job=\"swiftlet\""), "\(alert.name)")
            #expect(groupings(of: alert.expression).filter { !labels.contains($0) } == [], "\(alert.name)")
        }
    }

    @Test func panelsAskForMetricsThatThereAre() throws {
        let panels = try MonitoringFiles.panels()
        #expect(panels.count > 30)
        for panel in panels {
            let title = panel["title"]?.stringValue ?? ""
            #expect(!title.isEmpty)
            #expect(!MonitoringFiles.queries(of: panel).isEmpty, "\(title)")
            for query in MonitoringFiles.queries(of: panel) { #expect(faults(of: query) == [], "\(title)") }
        }
        #expect(Set(panels.compactMap { $0["id"]?.intValue }).count == panels.count)
    }

    @Test func aQueryThatIsWrongIsFound() {
        #expect(faults(of: "sum(no_such_metric{job=\"$job\"})") == ["there is no metric no_such_metric"])
        #expect(faults(of: "workqueue_depth{color=\"red\"}") == ["workqueue_depth has no label color"])
        #expect(faults(of: "rate(workqueue_work_duration_seconds{}[5m])").count == 1)
        #expect(faults(of: "rate(workqueue_work_duration_seconds_bucket{job=\"x\",name=~\"a\"}[5m])") == [])
    }

    @Test func everyAlertHasWordsAndAPlaceInTheRunbook() throws {
        let alerts = try MonitoringFiles.alerts()
        let chapters = try MonitoringFiles.text("manifests/RUNBOOK.md").split(separator: "\n")
            .filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        #expect(chapters.sorted() == alerts.map(\.name).sorted())
        for alert in alerts {
            #expect(["critical", "warning", "info"].contains(alert.labels["severity"]?.stringValue), "\(alert.name)")
            for word in ["summary", "description"] {
                #expect(alert.annotations[word]?.stringValue?.isEmpty == false, "\(alert.name)")
            }
            #expect(alert.annotations["runbook_url"]?.stringValue == "RUNBOOK.md#\(alert.name.lowercased())")
            // What the alert is grouped by is what it is about.
            for label in groupings(of: alert.expression) where label != "le" && label != "pod" {
                let says = alert.annotations["description"]?.stringValue?.contains("$labels.\(label)")
                #expect(says == true, "\(alert.name) does not name its \(label)")
            }
        }
    }

    /// Somebody types them in a hurry.
    @Test func theCommandsOfTheRunbookCanWork() throws {
        let runbook = try MonitoringFiles.text("manifests/RUNBOOK.md")
        let flags = Set(runbook.matches(of: /swiftlet doctor`? [^\n]*?`(--[a-z-]+)/).map { String($0.1) })
        #expect(flags == [], "swiftlet doctor has no \(flags)")
        for path in runbook.matches(of: /-f (manifests\/[A-Za-z.\/]+)/).map({ String($0.1) }) {
            #expect(throws: Never.self, "\(path)") { try MonitoringFiles.text(path) }
        }
        for command in runbook.matches(of: /logs -l [^`\n]*/).map({ String($0.0) }) {
            // Without, kubectl shows ten lines of each pod.
            #expect(command.contains(" --tail="), "\(command)")
        }
        for command in runbook.matches(of: /--raw ([^`\n]*)/).map({ String($0.1) }) {
            // kubectl drops what a check that fails answers, and a shell may take the question mark for a pattern.
            #expect(!command.contains("proxy/readyz"), "\(command)")
            #expect(!command.contains("?") || command.hasPrefix("'"), "\(command)")
        }
        for command in runbook.matches(of: /crds \| kubectl apply[^`\n]*/).map({ String($0.0) }) {
            #expect(command.contains("--force-conflicts"), "\(command)")
        }
        // What takes a webhook away says how it comes back.
        let down = try #require(runbook.split(separator: "\n## ").first { $0.hasPrefix("SwiftletDown") })
        #expect(down.contains("helm upgrade swiftlet manifests/swiftlet") && down.contains("apply --server-side"))
    }

    @Test func everyAlertIsTestedToFireAndToBeSilent() throws {
        let tests = try MonitoringFiles.value(of: "Tests/Monitoring/alerts.test.yaml")["tests"]?.arrayValue ?? []
        func tested(_ isIncluded: (JSONValue) -> Bool) -> Set<String> {
            Set(
                tests.flatMap { $0["alert_rule_test"]?.arrayValue ?? [] }.filter(isIncluded)
                    .compactMap { $0["alertname"]?.stringValue }
            )
        }
        let names = Set(try MonitoringFiles.alerts().map(\.name))
        #expect(tested { $0["exp_alerts"]?.arrayValue?.isEmpty == false } == names)
        #expect(tested { $0["exp_alerts"] == nil } == names)
    }

    @Test(.enabled(if: promtool?.isEmpty == false, "needs promtool: SWIFTLET_PROMTOOL"))
    func prometheusFindsTheAlertsRight() async throws {
        let promtool = try #require(Self.promtool)
        let runs = [
            ["check", "rules", MonitoringFiles.path("manifests/swiftlet/files/alerts.yaml")],
            ["test", "rules", MonitoringFiles.path("Tests/Monitoring/alerts.test.yaml")],
        ]
        for arguments in runs {
            let run = try await Subprocess.run(
                .path(FilePath(promtool)),
                arguments: Arguments(arguments),
                output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 20)
            )
            #expect(run.terminationStatus.isSuccess, "\(run.standardOutput)\n\(run.standardError)")
        }
    }
}

import Foundation
import JSON
import Operator
import Testing
import YAML

/// The chart under every documented value, rendered by Helm and judged by an API server where there is one.
@Suite(Chart.isThere)
struct ChartTests {
    @Test func itHasNothingThatHelmWouldWarnOf() async throws {
        let run = try await Chart.lint()
        #expect(run.status == 0, "\(run.output) \(run.errors)")
    }

    @Test func theRenderedInstallIsTheOneThatTheChartMakes() async throws {
        let committed = try YAML.documents(
            Array(Data(contentsOf: Chart.repository.appending(path: "manifests/install.yaml"))),
            source: "install.yaml"
        ).map(\.value)
        let values = "{podDisruptionBudget: {enabled: false}, crds: {keep: false}, certificates: {keep: false}}"
        let rendered = try await Chart.objects(values).map(Self.withoutHelm)
        #expect(committed.first?["kind"] == "Namespace")
        let places = committed.dropFirst().map(Self.identity)
        #expect(places == rendered.map(Self.identity), "run: make generate")
        for (stored, wanted) in zip(committed.dropFirst(), rendered) {
            #expect(Self.withoutHelm(stored) == wanted, "\(Self.identity(wanted)): run: make generate")
        }
    }

    private static func identity(_ object: JSONValue) -> String {
        "\(object["kind"]?.stringValue ?? "") \(object[path: "metadata", "name"]?.stringValue ?? "")"
    }

    /// What Helm says about itself is not in the file.
    private static func withoutHelm(_ object: JSONValue) -> JSONValue {
        var object = object
        for label in ["helm.sh/chart", "app.kubernetes.io/managed-by"] {
            object[path: "metadata", "labels", label] = nil
        }
        return object
    }

    @Test func everyDocumentedValueIsChangedSomewhere() throws {
        let file = try Data(contentsOf: Chart.folder.appending(path: "values.yaml"))
        let documented = try #require(try YAML.documents(Array(file), source: "values.yaml").first?.value)
        let changed = try ChangedValue.all.flatMap { change in
            try YAML.documents(Array(change.values.utf8), source: change.values).flatMap { Self.leaves($0.value) }
        }
        for leaf in Self.leaves(documented) {
            let isChanged = changed.contains { $0.starts(with: leaf) }
            #expect(isChanged, "\(leaf.joined(separator: ".")) is in no row of ChangedValue")
        }
    }

    /// The paths of what is set; an empty object is set as a whole.
    private static func leaves(_ value: JSONValue, _ path: [String] = []) -> [[String]] {
        guard let members = value.objectValue, !members.isEmpty else { return [path] }
        return members.flatMap { leaves($1, path + [$0]) }
    }

    @Test func aChangedValueIsSeen() async throws {
        let usual = try await Chart.render("{}").output
        for change in ChangedValue.all {
            let run = try await Chart.render(change.values)
            #expect(run.status == 0, "\(change.values): \(run.errors)")
            #expect(run.output != usual, "\(change.values)")
            for text in change.shows where !text.isEmpty {
                #expect(run.output.contains(text) && !usual.contains(text), "\(change.values): \(text)")
            }
            for text in change.hides {
                #expect(!run.output.contains(text) && usual.contains(text), "\(change.values): \(text)")
            }
        }
    }

    /// A section whose only line is commented out is null, which takes its defaults away; so is one that a release of an older chart lacks.
    @Test(arguments: EmptyValue.all)
    func anEmptySectionHasItsDefaults(_ path: String) async throws {
        let usual = try await Chart.render("{}")
        let run = try await Chart.render(EmptyValue.values(path))
        #expect(run.status == 0, "\(path): \(run.errors)")
        #expect(run.output == usual.output, "\(path)")
    }

    @Test(arguments: EmptyValue.removals)
    func whatIsTakenAwayOnPurposeIsNotThere(_ values: String, _ text: String) async throws {
        let run = try await Chart.render(values)
        #expect(run.status == 0, "\(values): \(run.errors)")
        #expect(run.output.contains(text), "\(values)")
    }

    @Test func theDefaultsThatTemplatesReadAreTheValues() throws {
        let values = try Data(contentsOf: Chart.folder.appending(path: "values.yaml"))
        let defaults = try Data(contentsOf: Chart.folder.appending(path: "files/defaults.yaml"))
        #expect(values == defaults, "run: make generate")
    }

    /// One of each, and those that select are the chart's.
    @Test(arguments: [
        "{commonLabels: {app.kubernetes.io/name: x, team: web}}", "{podLabels: {app.kubernetes.io/name: x, team: web}}",
        "{podLabels: {kuma.io/sidecar-injection: enabled, team: web}}",
        "{commonLabels: {app.kubernetes.io/instance: x, team: web}}",
        "{commonLabels: {app.kubernetes.io/managed-by: x, helm.sh/chart: other, team: web}}",
        "{commonLabels: {team: a}, podLabels: {team: web}}", "{podLabels: {app.kubernetes.io/component: x, team: web}}",
        "{podLabels: {team: web}, metrics: {serviceMonitor: {enabled: true, labels: {app.kubernetes.io/name: x}}}}",
    ])
    func labelsAreMergedAndTheChartsSelectorWins(_ values: String) async throws {
        // Reading refuses a key that is there twice.
        let objects = try await Chart.objects(values)
        let deployment = try Chart.deployment(in: objects)
        let labels = deployment[path: "spec", "template", "metadata", "labels"]?.objectValue ?? [:]
        let selector = deployment[path: "spec", "selector", "matchLabels"]?.objectValue ?? [:]
        #expect(!selector.isEmpty && selector.allSatisfy { labels[$0.key] == $0.value })
        #expect(labels["kuma.io/sidecar-injection"] == "disabled")
        #expect(labels["team"] == "web")
        for object in objects where object["kind"] != "CustomResourceDefinition" {
            #expect(object[path: "metadata", "labels", "app.kubernetes.io/name"] == "swiftlet")
            #expect(object[path: "metadata", "labels", "app.kubernetes.io/managed-by"] == "Helm")
        }
    }

    /// A value that the schema takes and the program does not would end every replica at its start.
    @Test func theProgramTakesWhatAnyValueTellsIt() async throws {
        var taken: Set<[String]> = []
        for values in ["{}"] + ChangedValue.all.map(\.values) {
            let arguments = Chart.arguments(of: try Chart.deployment(in: try await Chart.objects(values)))
            guard taken.insert(arguments).inserted else { continue }
            // There is no such file, which is found out when all arguments were understood.
            let run = try await Program.run(Chart.swiftlet, arguments + ["--kubeconfig", "/nonexistent/config"])
            #expect(run.status == 1 && run.errors.contains("/nonexistent/config"), "\(values): \(run.errors)")
        }
        #expect(taken.count > 30)
    }

    /// Whatever is on: no healthy install is told that it lacks something, and none may what nobody asked for.
    @Test func theDoctorAsksForWhatTheChartGrantsAndForNothingElse() async throws {
        for values in ["{}"] + ChangedValue.all.map(\.values) {
            let objects = try await Chart.objects(values)
            let settings = InstallSettings(deployment: try Chart.deployment(in: objects))
            let granted = GrantedRight.all(in: objects)
            let asked = GrantedRight.all(of: settings, operatorNamespace: Chart.namespace)
            #expect(asked.subtracting(granted).isEmpty, "\(values): asked for and not granted")
            #expect(granted.subtracting(asked).isEmpty, "\(values): granted and not asked for")
            func hasKind(_ kind: String) -> Bool { objects.contains { $0["kind"] == .string(kind) } }
            #expect(hasKind("MutatingWebhookConfiguration") == settings.injects, "\(values)")
            #expect(hasKind("ValidatingWebhookConfiguration") == settings.validates, "\(values)")
            #expect(hasKind("Secret") == (settings.hasCertificates && settings.givenSecret == nil), "\(values)")
        }
    }

    /// All at once, since each run of kubectl takes its time. What it says names the object and the field.
    @Test(.enabled(if: Chart.hasServer, "needs a real API server and kubectl"))
    func theServerTakesWhatAnyValueLeadsTo() async throws {
        let version = try await Chart.serverVersion()
        var judged = try await Chart.objects("{}", on: version)
        for change in ChangedValue.all {
            for object in try await Chart.objects(change.values, on: version)
            where Self.isUsual(object) && !judged.contains(object) {
                judged.append(object)
            }
        }
        try await Chart.prepare([Chart.namespace, "team-a", "team-b"])
        let verdict = try await Chart.judge(judged)
        #expect(verdict.status == 0, "\(verdict.errors)")
        #expect(verdict.output.split(separator: "\n").count == judged.count)
    }

    /// Whether any server serves the kind.
    private static func isUsual(_ object: JSONValue) -> Bool {
        let group = object["apiVersion"]?.stringValue ?? ""
        return !group.hasPrefix("monitoring.coreos.com/") && !group.hasPrefix("cert-manager.io/")
    }

    @Test(arguments: RefusedValue.all)
    func aWrongValueIsRefusedWithWordsThatHelp(_ refused: RefusedValue) async throws {
        let run = try await Chart.render(refused.values)
        #expect(run.status != 0, "\(refused.values) was taken")
        for word in refused.words { #expect(run.errors.contains(word), "\(word) in \(run.errors)") }
    }
}

import JSON
import KubeApply
import KubeModel
import Operator
import Testing
import YAML

/// Dry runs from files alone.
struct OfflineDryRunTests {
    private static let webServer = """
        apiVersion: web.phys.app/v1alpha1
        kind: WebServer
        metadata: {name: web}
        spec:
          webServerImage: nginx
        """

    private func reports(_ manifests: String, state: [DynamicObject] = []) async throws -> [WebServerReport] {
        let loader = ManifestLoader(defaultNamespace: "default", standardInput: { Array(manifests.utf8) })
        let now = Timestamp(secondsSinceEpoch: 0)
        return try await ReconcileOnce(state: ManifestState(state), prediction: .local, now: now)
            .reports(on: try loader.load(["-"]))
    }

    /// The objects that a dry run would make, as if they had been made by the WebServer of the same name.
    private func made(_ reports: [WebServerReport]) -> [DynamicObject] {
        reports.flatMap(\.plan.actions).compactMap { action -> DynamicObject? in
            if case .apply(let apply) = action { apply.intent } else { nil }
        }
    }

    @Test func aNewWebServerIsAllCreations() async throws {
        let text = ReportText(try await reports(Self.webServer))
        #expect(text.summary == "2 to create, 0 to change, 0 to delete")
        #expect(text.forPeople(colored: false).contains("+++ planned/apps.v1.Deployment.default.web\n@@ -0,0 "))
        #expect(!text.forPeople(colored: false).contains("\u{1B}"))
        #expect(text.forPeople(colored: true).contains("\u{1B}[32m+kind: Deployment"))
    }

    @Test func whatIsThereAlreadyIsNoChange() async throws {
        let state = made(try await reports(Self.webServer))
        let text = ReportText(try await reports(Self.webServer, state: state))
        #expect(!text.hasChanges)
        #expect(text.forPeople(colored: false) == "no changes\n")
    }

    @Test func anEditIsShownAndNothingElse() async throws {
        let state = made(try await reports(Self.webServer))
        let edited = Self.webServer.replacing("nginx", with: "nginx:1.22")
        let text = ReportText(try await reports(edited, state: state)).forPeople(colored: false)
        let changed = text.split(separator: "\n").filter { $0.hasPrefix("-  ") || $0.hasPrefix("+  ") }
        #expect(changed == ["-      - image: nginx", "+      - image: nginx:1.22"])
        #expect(text.hasSuffix("0 to create, 1 to change, 0 to delete\n"))
    }

    @Test func aSectionThatWentIsADeletion() async throws {
        let before = Self.webServer + "\n  ingress: {host: phys.app}\n"
        let state = made(try await reports(before))
        let text = ReportText(try await reports(Self.webServer, state: state))
        #expect(text.summary == "0 to create, 0 to change, 1 to delete")
        let document = text.forPrograms
        #expect(document[path: "summary", "delete"] == 1)
        #expect(document["webServers"]?[0]?["changes"]?[0]?["action"] == "delete")
        #expect(document["webServers"]?[0]?["changes"]?[0]?["kind"] == "Ingress")
    }

    @Test func aForeignObjectIsReportedAndNotChanged() async throws {
        var state = made(try await reports(Self.webServer))
        for index in state.indices { state[index].value[path: "metadata", "ownerReferences"] = nil }
        let text = ReportText(try await reports(Self.webServer, state: state)).forPeople(colored: false)
        #expect(text.contains("# Deployment.apps default/web belongs to somebody else and stays as it is"))
        #expect(text.hasSuffix("no changes\n"))
    }

    @Test func otherObjectsOfTheFilesCountAsPresent() async throws {
        let withVolume =
            Self.webServer + "\n  persistentVolumeClaim: {name: data, mountPath: /srv, createIfNotExists: true}\n"
        #expect(ReportText(try await reports(withVolume)).summary.hasPrefix("3 to create"))
        let claim = "\n---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}}\n"
        #expect(ReportText(try await reports(withVolume + claim)).summary.hasPrefix("2 to create"))
    }

    @Test(
        arguments: [
            (
                "webServerImage: nginx", "webServerImag: nginx",
                "standard input:5:3: WebServer default/web: spec.webServerImag"
            ),
            (
                "webServerImage: nginx", "replicas: many\n  webServerImage: nginx",
                "standard input:5:3: WebServer default/web: spec.replicas"
            ),
            (
                "web.phys.app/v1alpha1", "web.phys.app/v9",
                "standard input:1:1: WebServer default/web: apiVersion: unknown version"
            ),
        ]
    )
    func aMistakeIsNamedWithFileLineObjectAndField(part: String, mistake: String, message: String) async {
        await #expect {
            try await reports(Self.webServer.replacing(part, with: mistake))
        } throws: { error in
            "\(error)".hasPrefix(message)
        }
    }
}

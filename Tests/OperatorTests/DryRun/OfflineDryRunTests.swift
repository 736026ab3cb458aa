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

    /// The API server would refuse the Ingress, which nothing but a request would tell otherwise.
    @Test func aClassThatIsNamedTwiceIsAMistake() async throws {
        let both =
            Self.webServer + """

                  ingress:
                    host: a.example.com
                    ingressClass: nginx
                    annotations: {kubernetes.io/ingress.class: nginx}
                """
        let error = await #expect(throws: ManifestError.self) { try await reports(both) }
        #expect(
            error?.description.hasPrefix(
                "standard input:9:19: WebServer default/web: spec.ingress.annotations[kubernetes.io/ingress.class]: cannot be set together with ingressClass"
            ) == true,
            "\(error?.description ?? "")"
        )
    }

    private static func pair(_ names: String...) -> String {
        names.map { name in
            """
            apiVersion: web.phys.app/v1alpha1
            kind: WebServer
            metadata: {name: \(name), namespace: shop}
            spec: {webServerImage: nginx, ingress: {host: a.b}}
            """
        }.joined(separator: "\n---\n")
    }

    /// Of two new ones the first of the files is the older one, as with kubectl apply.
    @Test(arguments: [("a", "b"), ("b", "a")])
    func oneOfTwoThatAskForTheSameHostGetsIt(first: String, second: String) async throws {
        let reports = try await reports(Self.pair(first, second))
        let ingresses = reports.map { $0.changes.filter { $0.resource.kind == "Ingress" }.map(\.key.name) }
        #expect(ingresses == [[first], []])
        let text = ReportText(reports)
        #expect(text.summary == "5 to create, 0 to change, 0 to delete")
        let note =
            "# WebServer shop/\(second) gets no Ingress (HostTaken): WebServer \"\(first)\" has host a.b with path / already"
        #expect(text.forPeople(colored: false).contains(note))
        #expect(text.forPrograms["webServers"]?[1]?["notes"]?[0]?.stringValue?.contains("HostTaken") == true)
    }

    /// One that is in the cluster goes before new ones, wherever it stands in the files, and an older one before a younger.
    @Test func whoIsStoredHasTheHostWhateverTheOrderOfTheFiles() async throws {
        func stored(_ name: String, at time: String) -> DynamicObject {
            DynamicObject([
                "apiVersion": "web.phys.app/v1alpha1", "kind": "WebServer",
                "metadata": [
                    "name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)"),
                    "creationTimestamp": .string(time),
                ],
                "spec": ["webServerImage": "nginx", "ingress": ["host": "a.b"]],
            ])
        }
        func taken(_ files: [String], state: [DynamicObject]) async throws -> [String] {
            let text = Self.pair(files[0], files[1])
            return try await reports(text, state: state).filter { !$0.notes.isEmpty }.map(\.key.name)
        }
        let old = stored("old", at: "1960-01-01T00:00:00Z")
        #expect(try await taken(["new", "old"], state: [old]) == ["new"])
        let older = stored("older", at: "1950-01-01T00:00:00Z")
        #expect(try await taken(["old", "older"], state: [old, older]) == ["old"])
    }

    private static func withEnvironment(_ environment: String, image: String = "nginx") -> String {
        webServer.replacing("nginx", with: image) + "\n  env: \(environment)\n"
    }

    /// A variable that refers to another comes after it, whatever the server does with the order by itself.
    @Test func variablesAreShownInTheOrderOfTheSpec() async throws {
        let state = made(try await reports(Self.withEnvironment("[{name: URL, value: db}]")))
        let after = Self.withEnvironment("[{name: HOST, value: db}, {name: URL, value: $(HOST)}]")
        let change = try #require(try await reports(after, state: state).first?.changes.first)
        let containers = change.after?.value[path: "spec", "template", "spec", "containers"]
        #expect(containers?[0]?["env"]?.arrayValue?.map { $0["name"] } == ["HOST", "URL"])
        // Turned round by somebody else, and by the spec.
        for turned in [Self.withEnvironment("[{name: A}, {name: B}]"), Self.withEnvironment("[{name: B}, {name: A}]")] {
            let other = turned.contains("A}, {") ? "[{name: B}, {name: A}]" : "[{name: A}, {name: B}]"
            let present = made(try await reports(Self.withEnvironment(other)))
            #expect(ReportText(try await reports(turned, state: present)).summary.contains("1 to change"))
        }
    }

    /// The server stores no zero values, so that a diff shows them neither added nor removed.
    @Test func zeroValuesAreNoLinesOfADiff() async throws {
        func manifest(_ tag: String) -> String {
            """
            apiVersion: web.phys.app/v1alpha1
            kind: WebServer
            metadata: {name: zero}
            spec:
              webServerImage: nginx:\(tag)
              tolerations: []
              nodeSelector: {}
              imagePullSecrets: []
              command: []
              env: [{name: A, value: ""}]
              envFrom: []
              resources: {requests: {}, limits: {}}
              topologySpreadConstraints: []
              affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
              podSecurityContext: {supplementalGroups: []}
              livenessProbe: {httpGet: {port: http, httpHeaders: []}, initialDelaySeconds: 0}
              securityContext: {capabilities: {drop: [ALL], add: []}}
            """
        }
        var stored = made(try await reports(manifest("1.27")))
        for index in stored.indices { stored[index].value = Self.withoutZeros(stored[index].value) }
        let text = ReportText(try await reports(manifest("1.28"), state: stored)).forPeople(colored: false)
        let changed = text.split(separator: "\n").filter { $0.hasPrefix("- ") || $0.hasPrefix("+ ") }
        #expect(changed == ["-        image: nginx:1.27", "+        image: nginx:1.28"], "\(text)")
        #expect(!ReportText(try await reports(manifest("1.27"))).forPeople(colored: false).contains("[]"))
    }

    /// As a server stores it: this manifest's zero values are all of fields that are left out, but for objects that are no maps.
    private static func withoutZeros(_ value: JSONValue) -> JSONValue {
        guard case .object(let members) = value else {
            if case .array(let elements) = value { return .array(elements.map(withoutZeros)) }
            return value
        }
        let maps = ["nodeSelector", "requests", "limits"]
        return .object(
            members.mapValues(withoutZeros).filter { key, value in
                value != [] && value != "" && value != 0 && !(maps.contains(key) && value == [:])
            }
        )
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

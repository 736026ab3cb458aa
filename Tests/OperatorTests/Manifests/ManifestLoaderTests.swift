import FoundationEssentials
import KubeModel
import Operator
import Testing

struct ManifestLoaderTests {
    private func load(_ text: String) throws(ManifestError) -> [Manifest] {
        try ManifestLoader(defaultNamespace: "here", standardInput: { Array(text.utf8) }).load(["-"])
    }

    private func failure(_ text: String) -> String? {
        do throws(ManifestError) {
            _ = try load(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func documentsAndItemsOfListsAreObjects() throws {
        let manifests = try load(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a, namespace: there}
            ---
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
            - {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: c}}
            """
        )
        #expect(manifests.map(\.title) == ["ConfigMap there/a", "ConfigMap here/b", "IngressClass c"])
    }

    @Test(
        arguments: [
            ("kind: ConfigMap\nmetadata: {name: a}", "standard input:1:1: ConfigMap a: apiVersion: missing"),
            ("apiVersion: v1\nmetadata: {name: a}", "standard input:1:1: object a: kind: missing"),
            (
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {}",
                "standard input:3:1: ConfigMap: metadata.name: missing"
            ),
            ("- a", "standard input:1:1: object: an object is expected, this is a array"),
            ("a: [", "standard input:"),
        ]
    )
    func whatIsWrongIsNamedWithItsPlace(text: String, message: String) {
        #expect(failure(text)?.hasPrefix(message) == true, "\(failure(text) ?? "no error")")
    }

    @Test func aMissingFileIsNamed() {
        let loader = ManifestLoader(defaultNamespace: "d", standardInput: { [] })
        #expect { try loader.load(["/does/not/exist"]) } throws: {
            "\($0)" == "/does/not/exist: no such file or directory"
        }
    }

    @Test func directoriesAreReadWithEverythingBelowThem() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "manifests-\(UUID())")
        try FileManager.default.createDirectory(
            at: directory.appending(path: "deep"),
            withIntermediateDirectories: true
        )
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: directory) } }
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: directory.appending(path: name))
        }
        try write("b.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}")
        try write("deep/a.json", #"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}"#)
        try write("notes.txt", "no manifest")
        let loader = ManifestLoader(defaultNamespace: "d", standardInput: { [] })
        #expect(try loader.load([directory.path]).map(\.object.name) == ["b", "a"])
    }
}

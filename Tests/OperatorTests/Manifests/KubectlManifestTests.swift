import KubeModel
import Operator
import Testing

/// What manifests are taken for, as kubectl 1.37 takes them (`kubectl label --local -f`), and what both refuse.
struct KubectlManifestTests {
    private static func map(_ name: String, _ more: String = "") -> String {
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: \(name)\(more)}}"
    }

    private func load(_ text: String) throws -> [String] {
        let loader = ManifestLoader(defaultNamespace: "here", standardInput: { Array(text.utf8) })
        return try loader.load(["-"]).map(\.title)
    }

    private static let found: [(String, String, [String])] = [
        ("a List", "{apiVersion: v1, kind: List, items: [\(map("a"))]}", ["ConfigMap here/a"]),
        ("a List without items", "{apiVersion: v1, kind: List}", []),
        ("items: null", "apiVersion: v1\nkind: List\nitems:\n---\n\(map("a"))", ["ConfigMap here/a"]),
        ("items: []", "apiVersion: v1\nkind: List\nitems: []\n---\n\(map("a"))", ["ConfigMap here/a"]),
        (
            "a typed list whose items tell no type",
            "{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}, {metadata: {name: b}}]}",
            ["ConfigMap here/a", "ConfigMap here/b"]
        ),
        (
            "a typed list whose items tell it", "{apiVersion: v1, kind: ConfigMapList, items: [\(map("a"))]}",
            ["ConfigMap here/a"]
        ),
        (
            "a typed list with an item of another type",
            "{apiVersion: v1, kind: ConfigMapList, items: [{apiVersion: v1, kind: Secret, metadata: {name: a}}]}",
            ["Secret here/a"]
        ),
        (
            "a list of Pods as kubectl get -o yaml once printed it",
            "{apiVersion: v1, kind: PodList, metadata: {resourceVersion: '1'}, items: [{metadata: {name: p, namespace: team}}]}",
            ["Pod team/p"]
        ),
        (
            "a list of our own kind",
            "{apiVersion: web.phys.app/v1alpha1, kind: WebServerList, items: [{metadata: {name: w}, spec: {webServerImage: nginx}}]}",
            ["WebServer here/w"]
        ),
        ("a typed list with items: null", "{apiVersion: v1, kind: PodList, items: null}", []),
        ("a list without apiVersion", "{kind: List, items: [\(map("a"))]}", ["ConfigMap here/a"]),
        (
            "items of what is no list",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, items: [\(map("b"))]}", ["ConfigMap here/b"]
        ),
        (
            "a kind that ends like a list", "{apiVersion: v1, kind: Playlist, metadata: {name: a}}",
            ["Playlist here/a"]
        ),
        ("namespace: null", map("a", ", namespace: "), ["ConfigMap here/a"]),
        ("namespace: ''", map("a", ", namespace: ''"), ["ConfigMap here/a"]),
        ("labels: null", map("a", ", labels: "), ["ConfigMap here/a"]),
        ("a label that is null", map("a", ", labels: {x: }"), ["ConfigMap here/a"]),
        ("creationTimestamp: null", map("a", ", creationTimestamp: null"), ["ConfigMap here/a"]),
        ("ownerReferences: null", map("a", ", ownerReferences: null"), ["ConfigMap here/a"]),
        ("finalizers: []", map("a", ", finalizers: []"), ["ConfigMap here/a"]),
        ("an anchor for name and label", map("&n a", ", labels: {x: *n}"), ["ConfigMap here/a"]),
        ("a name in quotes that looks like a number", map("'5'"), ["ConfigMap here/5"]),
        ("documents of nothing", "---\n# nothing\n---\n~\n---\n\(map("a"))\n---\n", ["ConfigMap here/a"]),
        ("nothing at all", "", []),
        ("CRLF", "\(map("a"))\r\n---\r\n\(map("b"))\r\n", ["ConfigMap here/a", "ConfigMap here/b"]),
        (
            "marks of two editors", "\u{FEFF}\(map("a"))\n---\n\u{FEFF}\(map("b"))\n",
            ["ConfigMap here/a", "ConfigMap here/b"]
        ),
    ]

    @Test(arguments: found)
    func objectsAreFound(name: String, text: String, expected: [String]) throws {
        #expect(try load(text) == expected)
    }

    private static let refused: [(String, String, String)] = [
        (
            "namespace: no", map("a", ", namespace: no"),
            "1:55: ConfigMap a: metadata.namespace: must be text, not false: put it in quotes"
        ),
        ("namespace: 5", map("a", ", namespace: 5"), "metadata.namespace: must be text, not 5: put it in quotes"),
        ("namespace: 1.5", map("a", ", namespace: 1.5"), "metadata.namespace: must be text, not 1.5"),
        ("namespace: [x]", map("a", ", namespace: [x]"), "metadata.namespace: must be text, not a list"),
        ("namespace: {x: y}", map("a", ", namespace: {x: y}"), "metadata.namespace: must be text, not an object"),
        ("name: 5", map("5"), "metadata.name: must be text, not 5: put it in quotes"),
        ("name: yes", map("yes"), "metadata.name: must be text, not true"),
        ("name: null", map(""), "metadata.name: missing"),
        ("generateName: 5", map("a", ", generateName: 5"), "metadata.generateName: must be text"),
        ("labels: [x]", map("a", ", labels: [x]"), "metadata.labels: must be a map of texts, not a list"),
        ("labels: x", map("a", ", labels: x"), "metadata.labels: must be a map of texts, not text"),
        ("a label that is a number", map("a", ", labels: {x: 5}"), "metadata.labels.x: must be text, not 5"),
        ("a label that is a boolean", map("a", ", labels: {x: yes}"), "metadata.labels.x: must be text, not true"),
        (
            "an annotation that is a number", map("a", ", annotations: {x: 5}"),
            "metadata.annotations.x: must be text, not 5"
        ),
        ("annotations: x", map("a", ", annotations: x"), "metadata.annotations: must be a map of texts, not text"),
        ("finalizers: x", map("a", ", finalizers: x"), "metadata.finalizers: must be a list, not text"),
        ("finalizers: [5]", map("a", ", finalizers: [5]"), "metadata.finalizers[0]: must be text, not 5"),
        (
            "ownerReferences: x", map("a", ", ownerReferences: x"),
            "metadata.ownerReferences: must be a list, not text"
        ),
        (
            "ownerReferences: [x]", map("a", ", ownerReferences: [x]"),
            "metadata.ownerReferences[0]: must be an object, not text"
        ),
        (
            "an owner whose uid is a number", map("a", ", ownerReferences: [{uid: 5}]"),
            "metadata.ownerReferences[0].uid: must be text, not 5"
        ),
        ("generation: '1'", map("a", ", generation: '1'"), "metadata.generation: must be a whole number, not text"),
        ("uid: 5", map("a", ", uid: 5"), "metadata.uid: must be text, not 5"),
        (
            "metadata: [a]", "{apiVersion: v1, kind: ConfigMap, metadata: [a]}",
            "metadata: must be an object, not a list"
        ),
        ("metadata: null", "{apiVersion: v1, kind: ConfigMap, metadata: }", "metadata.name: missing"),
        ("kind: 5", "{apiVersion: v1, kind: 5, metadata: {name: a}}", "kind: must be text, not integer"),
        (
            "apiVersion: 1.0", "{apiVersion: 1.0, kind: ConfigMap, metadata: {name: a}}",
            "apiVersion: must be text, not integer"
        ),
        ("kind: ''", "{apiVersion: v1, kind: '', metadata: {name: a}}", "kind: missing"),
        ("no kind", "{apiVersion: v1, metadata: {name: a}}", "kind: missing"),
        ("an empty object", "{}", "apiVersion: missing"),
        ("a text", "hello\n", "an object is expected"),
        ("a list", "- a\n", "an object is expected"),
        ("items: {}", "{apiVersion: v1, kind: List, items: {}}", "items: must be a list, not object"),
        ("items: ''", "{apiVersion: v1, kind: List, items: ''}", "items: must be a list, not string"),
        ("an item that is null", "{apiVersion: v1, kind: List, items: [null]}", "an object is expected"),
        (
            "an item of a List without a kind", "{apiVersion: v1, kind: List, items: [{metadata: {name: a}}]}",
            "apiVersion: missing"
        ),
        (
            "an item of a typed list with a kind alone",
            "{apiVersion: v1, kind: ConfigMapList, items: [{kind: Secret, metadata: {name: a}}]}",
            "apiVersion: missing"
        ),
    ]

    @Test(arguments: refused)
    func whatIsRefusedIsNamed(name: String, text: String, message: String) {
        #expect { try load(text) } throws: { error in
            "\(error)".hasPrefix("standard input:") && "\(error)".contains(message)
        }
    }
}

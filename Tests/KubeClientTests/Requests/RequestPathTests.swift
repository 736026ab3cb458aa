import JSON
import KubeModel
import TestSupport
import Testing

@testable import KubeClient

/// Which names and paths may be asked for, and that the others never leave the process.
@Suite struct RequestPathTests {
    @Test(arguments: [
        ("default", true), ("a", true), ("0", true), ("a-b", true), ("kube-system", true), ("x--y", true),
        (String(repeating: "a", count: 63), true), (String(repeating: "a", count: 64), false), ("", false),
        (".", false), ("..", false), ("a.b", false), ("-a", false), ("a-", false), ("A", false), ("a/b", false),
        ("a%2fb", false), ("../kube-system/secrets", false), ("a b", false), ("a\n", false), ("a\0", false),
        ("ä", false), ("a?b", false), ("a#b", false), ("a\\b", false), ("a_b", false), ("\u{202E}a", false),
    ])
    func aNamespaceIsADNSLabel(name: String, isValid: Bool) {
        #expect((RequestPath.fault(inNamespace: name) == nil) == isValid)
    }

    @Test(arguments: [
        ("web", true), ("web.example.com", true), ("system:node", true), ("a_b", true), ("web:8080", true),
        ("...", true), ("a..b", true), ("", false), (".", false), ("..", false), ("a/b", false), ("/", false),
        ("a%2Fb", false), ("%2e%2e", false), ("a\\b", false), ("a\tb", false), ("a\u{7F}", false), ("\0", false),
    ])
    func aNameIsOneSegment(name: String, isValid: Bool) {
        #expect((RequestPath.fault(inSegment: name) == nil) == isValid)
    }

    @Test(arguments: [
        ("/version", true), ("/api/v1/namespaces/a/pods/web", true), ("/api/v1/pods/web%3A8080/proxy/metrics", true),
        ("/api/v1/namespaces/a/pods/caf%C3%A9", true), ("", false), ("version", false), ("/", false),
        ("/api/v1/", false), ("/api//v1", false), ("/api/v1/namespaces//pods", false),
        ("/api/v1/namespaces/a/../secrets", false), ("/api/v1/./pods", false),
        ("/api/v1/namespaces/a/pods/%2e%2e", false), ("/api/v1/namespaces/a/pods/.%2E", false),
        ("/api/v1/pods/a%2Fb", false), ("/api/v1/pods/a%2", false), ("/api/v1/pods/a%zz", false),
        ("/api/v1/pods?limit=1", false), ("/api/v1/pods#a", false), ("/api/v1/pods/a%00", false),
        ("/api/v1/pods/a%0D%0AHost:b", false), ("/api/v1/pods/%FF", false), ("/api/v1/pods/a%5Cb", false),
        ("/api/v1/pods/a%252e", false),
    ])
    func aPathConsistsOfSegments(path: String, isValid: Bool) {
        #expect((RequestPath.fault(in: path) == nil) == isValid)
    }

    /// Namespace and name of a GET: in none of them may the server be asked anything.
    @Test(arguments: [
        ("", "web"), ("..", "web"), (".", "web"), ("a/b", "web"), ("a/secrets/x?", "web"), ("%2e%2e", "web"),
        ("shop\n", "web"), ("Shop", "web"), ("shop", ""), ("shop", ".."), ("shop", "."), ("shop", "a/../../x"),
        ("shop", "%2e%2e"), ("shop", "a\u{0}b"),
    ])
    func aRequestWithSuchANameIsNotSent(namespace: String, name: String) async throws {
        let key = ObjectKey(namespace: namespace, name: name)
        let object: JSONValue = ["metadata": ["namespace": .string(namespace), "name": .string(name)]]
        try await withClient(answering: []) { client, script in
            func isRefused(_ send: () async throws(KubeError) -> Void) async -> Bool {
                do throws(KubeError) {
                    try await send()
                    return false
                } catch {
                    return error.isInvalidRequest && !error.isRetryable
                }
            }
            #expect(await isRefused { () throws(KubeError) in _ = try await client.get(Widget.resource, key) })
            #expect(
                await isRefused { () throws(KubeError) in
                    _ = try await client.get(Widget.resource, key, as: Widget.self)
                }
            )
            #expect(await isRefused { () throws(KubeError) in _ = try await client.update(Widget.resource, object) })
            #expect(
                await isRefused { () throws(KubeError) in
                    _ = try await client.patch(Widget.resource, key, .merge(["a": 1]))
                }
            )
            #expect(await isRefused { () throws(KubeError) in try await client.delete(Widget.resource, key) })
            #expect(
                await isRefused { () throws(KubeError) in
                    _ = try await client.create(subresource: "token", of: Widget.resource, key, [:])
                }
            )
            #expect(script.requests.isEmpty)
        }
    }

    /// An empty namespace is a mistake or an attack, and never all namespaces.
    @Test(arguments: ["", "a/b", ".."]) func aCollectionIsNotListedInSuchANamespace(namespace: String) async throws {
        try await withClient(answering: []) { client, script in
            let listed = await #expect(throws: KubeError.self) {
                _ = try await client.list(
                    Widget.resource,
                    as: Widget.self,
                    options: ListOptions(namespace: namespace)
                ) { _ in }
            }
            let watched = await #expect(throws: KubeError.self) {
                _ = try await client.watch(
                    Widget.resource,
                    as: Widget.self,
                    options: WatchOptions(namespace: namespace)
                )
            }
            let created = await #expect(throws: KubeError.self) {
                _ = try await client.create(
                    Widget.resource,
                    ["metadata": ["namespace": .string(namespace), "name": "web"]]
                )
            }
            let asked = await #expect(throws: KubeError.self) {
                _ = try await client.perform("GET", path: Widget.resource.path(namespace: namespace))
            }
            #expect([listed, watched, created, asked].allSatisfy { $0?.isInvalidRequest == true })
            #expect(script.requests.isEmpty)
        }
    }

    @Test func allNamespacesAreListedWhereNoneIsNamed() async throws {
        let list = Script.Answer.json(200, #"{"kind":"WidgetList","metadata":{"resourceVersion":"1"},"items":[]}"#)
        try await withClient(answering: [list]) { client, script in
            _ = try await client.list(Widget.resource, as: Widget.self) { _ in }
            #expect(script.requests.map(\.path) == ["/apis/example.org/v1/widgets"])
        }
    }

    @Test func theErrorQuotesWhatCannotBeAName() throws {
        let name = "x\n" + String(repeating: "y", count: 10_000)
        let fault = try #require(RequestPath.fault(inSegment: name))
        #expect(!fault.contains("\n") && fault.utf8.count < 200)
    }
}

import FoundationEssentials
import JSON
import KubeModel
import KubeRuntime
import Testing

@testable import Operator

struct InjectorWebhooksTests {
    private let webhooks = InjectorWebhooks(target: .url("https://127.0.0.1:9443"), bundle: "PEM")

    /// Which webhooks a pod is sent to, by the labels of its namespace and its own.
    private func asked(
        _ namespace: [String: String],
        _ pod: [String: String],
        by webhooks: InjectorWebhooks? = nil
    ) -> [String] {
        ((webhooks ?? self.webhooks).configuration.object["webhooks"]?.arrayValue ?? []).filter { webhook in
            matches(webhook[path: "namespaceSelector", "matchExpressions"], namespace)
                && matches(webhook[path: "objectSelector", "matchExpressions"], pod)
        }.map { "\($0["name"]?.stringValue?.prefix { $0 != "." } ?? "") \($0["failurePolicy"]?.stringValue ?? "")" }
    }

    private func matches(_ requirements: JSONValue?, _ labels: [String: String]) -> Bool {
        (requirements?.arrayValue ?? []).allSatisfy { requirement in
            let value = labels[requirement["key"]?.stringValue ?? ""]
            let values = requirement["values"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return switch requirement["operator"]?.stringValue {
            case "In": value.map(values.contains) ?? false
            case "NotIn": !(value.map(values.contains) ?? false)
            case "DoesNotExist": value == nil
            default: false
            }
        }
    }

    @Test(
        arguments: [
            ([:], [:], ["annotated Ignore"]),
            (["kubernetes.io/metadata.name": "kube-system"], [:], ["annotated Ignore"]),
            ([NamespaceMirror.key: "enabled"], [:], ["namespaces Fail"]),
            ([NamespaceMirror.key: "true"], [NamespaceMirror.key: "enabled"], ["namespaces Fail"]),
            ([NamespaceMirror.key: "enabled"], [NamespaceMirror.key: "disabled"], []),
            ([:], [NamespaceMirror.key: "enabled"], ["pods Fail"]),
            ([NamespaceMirror.key: "disabled"], [NamespaceMirror.key: "enabled"], ["pods Fail"]),
            ([NamespaceMirror.key: "disabled"], [:], ["annotated Ignore"]),
            ([:], [NamespaceMirror.key: "disabled"], []),
        ] as [([String: String], [String: String], [String])]
    )
    func aPodIsSentToOneWebhookAtMost(_ namespace: [String: String], _ pod: [String: String], _ expected: [String]) {
        #expect(asked(namespace, pod) == expected)
    }

    /// However they are labelled: what injects could not start there, nor what it needs.
    @Test func whatAnOperatorRegistersIsNeverAskedAboutSystemNamespacesAndItsOwn() {
        var options = WebhookOptions(
            address: ListenAddress(host: "127.0.0.1", port: 0),
            service: ObjectKey(namespace: "swiftlet-system", name: "swiftlet"),
            secret: ObjectKey(namespace: "swiftlet-system", name: "swiftlet-certificates")
        )
        func asked(_ namespace: String) -> [String] {
            self.asked(
                ["kubernetes.io/metadata.name": namespace, NamespaceMirror.key: "enabled"],
                [:],
                by: options.injector(at: webhooks.target, bundle: "PEM")
            )
        }
        for name in ["kube-system", "kube-public", "kube-node-lease", "swiftlet-system"] { #expect(asked(name) == []) }
        #expect(asked("shop") == ["namespaces Fail"])
        // Outside of the cluster it has no pods there.
        options.host = "10.0.0.1"
        #expect(asked("swiftlet-system") == ["namespaces Fail"])
        #expect(asked("kube-system") == [])
    }

    @Test func whatTheServerAddsIsNoDifference() {
        var stored = webhooks.configuration.object
        var list = stored["webhooks"]?.arrayValue ?? []
        for index in list.indices {
            list[index][path: "clientConfig", "caBundle"] = "another"
            list[index]["matchConditions"] = []
        }
        stored["webhooks"] = .array(list)
        #expect(webhooks.configuration.isRegistered(in: DynamicObject(stored)))
    }

    /// As some add them to every webhook, and again when they are taken away.
    @Test func furtherRequirementsOfAProviderAreNoDifferenceAndMissingOnesAre() {
        func stored(_ change: (inout [JSONValue]) -> Void) -> DynamicObject {
            var object = webhooks.configuration.object
            var list = object["webhooks"]?.arrayValue ?? []
            for index in list.indices {
                var requirements = list[index][path: "namespaceSelector", "matchExpressions"]?.arrayValue ?? []
                change(&requirements)
                list[index][path: "namespaceSelector", "matchExpressions"] = .array(requirements)
            }
            object["webhooks"] = .array(list)
            return DynamicObject(object)
        }
        let theirs: JSONValue = ["key": "control-plane", "operator": "DoesNotExist"]
        #expect(webhooks.configuration.isRegistered(in: stored { $0.append(theirs) }))
        #expect(webhooks.configuration.isRegistered(in: stored { $0.insert(theirs, at: 0) }))
        #expect(!webhooks.configuration.isRegistered(in: stored { $0 = [theirs] }))
        #expect(!webhooks.configuration.isRegistered(in: stored { $0[0]["operator"] = "Exists" }))
    }

    @Test func aChangedOrMissingWebhookIsADifference() {
        var stored = webhooks.configuration.object
        var list = stored["webhooks"]?.arrayValue ?? []
        list[0]["failurePolicy"] = "Ignore"
        stored["webhooks"] = .array(list)
        #expect(!webhooks.configuration.isRegistered(in: DynamicObject(stored)))
        stored["webhooks"] = .array(Array(list.dropFirst()))
        #expect(!webhooks.configuration.isRegistered(in: DynamicObject(stored)))
        #expect(!webhooks.configuration.isRegistered(in: nil))
    }

    @Test func aServiceIsNamedWithItsPath() {
        var service = webhooks
        service.target = .service(ObjectKey(namespace: "swiftlet-system", name: "swiftlet"), port: 443)
        let config = service.configuration.object["webhooks"]?.arrayValue?.first?["clientConfig"]
        #expect(config?[path: "service", "path"]?.stringValue == InjectorWebhooks.path)
        #expect(config?["url"] == nil)
        #expect(config?["caBundle"]?.stringValue == Data("PEM".utf8).base64EncodedString())
    }
}

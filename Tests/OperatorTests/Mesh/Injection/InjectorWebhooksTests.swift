import FoundationEssentials
import JSON
import KubeModel
import Testing

@testable import Operator

struct InjectorWebhooksTests {
    private let webhooks = InjectorWebhooks(target: .url("https://127.0.0.1:9443"), bundle: "PEM")

    /// Which webhooks a pod is sent to, by the labels of its namespace and its own.
    private func asked(_ namespace: [String: String], _ pod: [String: String]) -> [String] {
        (webhooks.configuration.object["webhooks"]?.arrayValue ?? []).filter { webhook in
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

import JSON
import KubeModel
import KubeRuntime
import Testing

@testable import Operator

struct ValidatorWebhooksTests {
    private var webhooks = ValidatorWebhooks(
        target: .service(ObjectKey(namespace: "swiftlet-system", name: "swiftlet"), port: 443)
    )

    private var list: [JSONValue] { webhooks.configuration.webhooks }

    /// It can never keep anything else from being written.
    @Test func onlyOurOwnKindsAreAskedAboutAndNobodyAnsweringLetsThemPass() {
        let rules = list.flatMap { $0["rules"]?.arrayValue ?? [] }
        #expect(rules.count == list.count)
        let subjects = rules.map { rule in
            "\(rule["resources"]?[0]?.stringValue ?? "").\(rule["apiGroups"]?[0]?.stringValue ?? "")"
        }
        #expect(subjects == ["webservers.web.phys.app", "meshes.kuma.io", "trafficroutes.kuma.io"])
        #expect(
            rules.allSatisfy { $0["operations"] == ["CREATE", "UPDATE"] && $0["resources"]?.arrayValue?.count == 1 }
        )
        #expect(list.allSatisfy { $0["failurePolicy"] == "Ignore" && $0["sideEffects"] == "None" })
        #expect(list.allSatisfy { ($0["timeoutSeconds"]?.intValue ?? 30) <= 5 })
    }

    @Test func theFailurePolicyIsSettable() {
        var webhooks = webhooks
        webhooks.failurePolicy = .fail
        #expect(webhooks.configuration.webhooks.allSatisfy { $0["failurePolicy"] == "Fail" })
    }

    @Test func anOperatorOfSingleNamespacesAsksAboutTheirWebServersUnderANameOfItsOwn() {
        var webhooks = webhooks
        webhooks.namespaces = ["shop", "blog"]
        webhooks.operatorNamespace = "shop"
        let configuration = webhooks.configuration
        #expect(configuration.name == "swiftlet-validator-shop")
        #expect(configuration.webhooks.count == 1)
        let values = configuration.webhooks[0][path: "namespaceSelector", "matchExpressions"]?[0]?["values"]
        #expect(values == ["blog", "shop"])
    }

    private static let options = WebhookOptions(
        address: ListenAddress(host: "127.0.0.1", port: 0),
        service: ObjectKey(namespace: "swiftlet-system", name: "swiftlet"),
        secret: ObjectKey(namespace: "swiftlet-system", name: "swiftlet-certificates")
    )

    /// Nobody could say anything of them, and another operator may look after them.
    @Test func anOperatorWithoutWebServersIsNotAskedAboutThem() {
        var options = Self.options
        options.hasWebServers = false
        let names = options.validator(at: webhooks.target, bundle: "PEM").configuration.webhooks
            .compactMap { $0["name"]?.stringValue }
        #expect(names == ["meshes.validator.swiftlet.phys.app", "trafficroutes.validator.swiftlet.phys.app"])
    }

    @Test func anOperatorRegistersAsItIsTold() {
        var options = Self.options
        options.validationFailurePolicy = .fail
        options.namespaces = ["shop"]
        let configuration = options.validator(at: webhooks.target, bundle: "PEM").configuration
        #expect(configuration.name == "swiftlet-validator-swiftlet-system")
        #expect(configuration.webhooks.map { $0["failurePolicy"] } == ["Fail"])
    }

    /// What a chart applies is no operator's to take back.
    @Test func aManifestIsNotMarkedAsTheOperatorsOwnAndHasNoBundle() {
        let configuration = webhooks.configuration
        #expect(WebhookConfiguration.isOurs(DynamicObject(configuration.object)))
        #expect(!WebhookConfiguration.isOurs(DynamicObject(configuration.manifest)))
        #expect(list.allSatisfy { $0[path: "clientConfig", "caBundle"] == nil })
    }
}

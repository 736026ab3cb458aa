import FoundationEssentials
import JSON
import KubeModel
import Testing
import YAML

@testable import Operator

struct OperatorRolesTests {
    private static var rules: [JSONValue] {
        OperatorRoles.objects(operatorNamespace: "there").flatMap { $0.value["rules"]?.arrayValue ?? [] }
    }

    @Test func theChartsRulesAreThoseThatTheCodeAsksFor() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let committed = try Data(contentsOf: root.appending(path: "manifests/swiftlet/files/rules.yaml"))
        let generated = YAML.text(OperatorRoles.rulesByFeature)
        #expect(String(decoding: committed, as: UTF8.self) == generated, "run: make generate")
    }

    @Test func noRuleGrantsMoreThanItNames() {
        for rule in Self.rules {
            let words = ["apiGroups", "resources", "verbs"].flatMap { rule[$0]?.arrayValue ?? [] }
            #expect(!words.contains("*"))
            // A rule about names does not cover creation: it would grant nothing.
            let verbs = rule["verbs"]?.arrayValue ?? []
            #expect(rule["resourceNames"] == nil || !verbs.contains("create"))
        }
    }

    @Test func secretsAreWrittenInTheOperatorsOwnNamespaceOnly() {
        let writing = OperatorFeature.allCases.flatMap(\.permissions)
            .filter {
                $0.resource == .secrets && !Set($0.verbs).isDisjoint(with: ["create", "update", "patch", "delete"])
            }
        #expect(!writing.isEmpty)
        #expect(writing.allSatisfy { $0.place == .operatorNamespace })
    }

    @Test func webhookConfigurationsAreChangedByNameOnly() {
        for permission in Permission.all where permission.resource.group == "admissionregistration.k8s.io" {
            #expect(permission.verbs == ["create"] || permission.names.count == 1, "\(permission.subject)")
        }
    }

    @Test func webServersNeedNothingOfTheWholeClusterButToReadIngressClasses() {
        let cluster = OperatorFeature.webServers.permissions.filter { $0.place != .watchedNamespaces }
        #expect(cluster.map(\.resource) == [.ingressClasses])
        let namespaced = OperatorFeature.webServers.permissions.filter { $0.place == .watchedNamespaces }
        #expect(namespaced.allSatisfy { $0.resource.isNamespaced })
    }

    @Test func aSubjectIsListedOnceForTheSameNames() {
        var seen: Set<[String]> = []
        for permission in Permission.all {
            #expect(seen.insert([permission.subject] + permission.names).inserted, "\(permission.subject)")
        }
    }
}

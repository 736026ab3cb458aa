import FoundationEssentials
import JSON
import KubeModel
import Operator
import Testing
import YAML

struct ClusterRoleTests {
    @Test func theCommittedRoleIsTheOneThatTheCodeAsksFor() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let committed = try Data(contentsOf: root.appending(path: "manifests/rbac.yaml"))
        let generated = YAML.text(ClusterRole.object(Permission.all).value)
        #expect(String(decoding: committed, as: UTF8.self) == generated, "run: make generate")
    }

    @Test func noRuleGrantsMoreThanItNames() {
        for rule in ClusterRole.object(Permission.all).value["rules"]?.arrayValue ?? [] {
            let words = ["apiGroups", "resources", "verbs"].flatMap { rule[$0]?.arrayValue ?? [] }
            #expect(!words.contains("*"))
        }
    }
}

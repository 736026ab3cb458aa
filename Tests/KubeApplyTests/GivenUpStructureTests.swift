import JSON
import KubeApply
import KubeModel
import Testing

struct GivenUpStructureTests {
    private static let probe: JSONValue = ["tcpSocket": ["port": 80], "periodSeconds": 10]
    private static let ownedProbe: JSONValue = ["f:tcpSocket": ["f:port": [:]], "f:periodSeconds": [:]]
    /// As servers name it.
    private static let field = "spec.template.spec.containers[0].livenessProbe"

    private func spec(_ containers: [JSONValue]) -> JSONValue {
        ["template": ["spec": ["containers": .array(containers)]]]
    }

    private func deployment(_ spec: JSONValue, _ managedFields: [JSONValue] = []) -> DynamicObject {
        DynamicObject([
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["managedFields": .array(managedFields)],
            "spec": spec,
        ])
    }

    private func entry(_ manager: String, _ container: JSONValue) -> JSONValue {
        [
            "manager": .string(manager), "operation": manager == "us" ? "Apply" : "Update",
            "fieldsV1": [
                "f:spec": ["f:template": ["f:spec": ["f:containers": [#"k:{"name":"web"}"#: container]]]]
            ],
        ]
    }

    /// A Deployment with a sidecar of somebody else before a container of ours with a probe.
    private func live(others: JSONValue? = nil) -> DynamicObject {
        deployment(
            spec([["name": "sidecar"], ["name": "web", "image": "x", "livenessProbe": Self.probe]]),
            [entry("us", [".": [:], "f:name": [:], "f:image": [:], "f:livenessProbe": Self.ownedProbe])]
                + (others.map { [entry("them", $0)] } ?? [])
        )
    }

    private func structures(_ live: DynamicObject, _ container: JSONValue) -> [GivenUpStructure] {
        GivenUpStructure.all(in: live, by: deployment(spec([container])), manager: "us")
    }

    @Test func aProbeThatIsNoLongerAskedForIsGivenUp() throws {
        let intent = deployment(spec([["name": "web", "image": "y"]]))
        let structure = try #require(GivenUpStructure.all(in: live(), by: intent, manager: "us").first)
        #expect(structure.isMeant(by: Self.field))
        #expect(!structure.isMeant(by: "spec.template.spec.containers[0].startupProbe"))
        #expect(!structure.isMeant(by: Self.field + ".tcpSocket"))
        let kept = structure.kept(in: intent)
        #expect(kept.value["spec"] == spec([["name": "web", "image": "y", "livenessProbe": Self.probe]]))
        #expect(structure.removed(from: kept) == intent)
        #expect(structure.removal(from: live()) == .remove(path: "/spec/template/spec/containers/1/livenessProbe"))
        #expect(structure.removal(from: intent) == nil)
    }

    @Test(
        arguments: [
            ["name": "web", "livenessProbe": ["tcpSocket": ["port": 81]]],
            ["name": "web", "livenessProbe": ["tcpSocket": ["port": 80]], "image": "y"],
        ] as [JSONValue]
    )
    func aFieldThatIsAskedForOrIsNoStructureIsNot(container: JSONValue) {
        #expect(structures(live(), container).isEmpty)
    }

    @Test func theInnermostStructureThatGoesWholeIsNotTheOneAroundIt() throws {
        let found = structures(live(), ["name": "web", "livenessProbe": ["exec": ["command": ["true"]]]])
        #expect(found.count == 1)
        #expect(found.allSatisfy { $0.isMeant(by: Self.field + ".tcpSocket") })
    }

    @Test func whatSomebodyElseOwnsAPartOfStays() {
        let live = live(others: ["f:livenessProbe": ["f:periodSeconds": [:]]])
        #expect(structures(live, ["name": "web"]).isEmpty)
    }

    @Test func anElementThatGoesIsNoConcern() {
        #expect(structures(live(), ["name": "other"]).isEmpty)
    }

    @Test func nothingIsGivenUpByWhoOwnsNothing() {
        #expect(GivenUpStructure.all(in: live(), by: deployment([:]), manager: "others").isEmpty)
    }
}

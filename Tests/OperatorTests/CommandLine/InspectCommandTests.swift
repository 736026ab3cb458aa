import Foundation
import JSON
import TestSupport
import Testing
import YAML

/// How `swiftlet inspect` ends, and what it prints, as pipelines see it.
@Suite(.blocking)
struct InspectCommandTests {
    @Test func everythingCanBeInspectedFromFiles() throws {
        var scene = MeshScene.shop()
        try scene.add(route: MeshScene.canary(90, 10))
        try SwiftletProgram.withFile(scene) { file in
            let dataplanes = try SwiftletProgram.run(["inspect", "dataplanes", "-f", file])
            #expect(dataplanes.status == 0)
            #expect(dataplanes.errors == "")
            #expect(dataplanes.output.split(separator: "\n").count == 5)
            let routes = try SwiftletProgram.run(
                ["inspect", "routes", "-f", file, "--source", MeshScene.caller, "--destination", MeshScene.web]
            )
            #expect(routes.output.contains("canary         alone   v1 90% (2 endpoints), v2 10% (1 endpoint)\n"))
            let envoy = try SwiftletProgram.run(
                ["inspect", "envoy", "shop/caller-1", "-f", file, "--type", "route", "-o", "json"]
            )
            let dump = try #require(try JSONSerialization.jsonObject(with: Data(envoy.output.utf8)) as? [String: Any])
            #expect((dump["configs"] as? [Any])?.count == 1)
            let named = try SwiftletProgram.run(["inspect", "envoy", "caller-1", "-n", "shop", "-f", file])
            #expect(named.output.contains("outbound:web_shop_svc_80"))
        }
    }

    @Test func aPodThatIsNotThereEndsWithOne() throws {
        try SwiftletProgram.withFile(.shop()) { file in
            let run = try SwiftletProgram.run(["inspect", "envoy", "shop/nobody", "-f", file])
            #expect(run.status == 1)
            #expect(run.output == "")
            #expect(run.errors == "error: pod shop/nobody: there is none, or you may not see it\n")
            #expect(
                try SwiftletProgram.run(["inspect", "envoy", "a/b/c", "-f", file]).errors.contains("NAMESPACE/NAME")
            )
            #expect(try SwiftletProgram.run(["inspect", "envoy", "a/b", "--type", "cars", "-f", file]).status != 0)
        }
    }

    @Test func withoutClusterAndFilesThereIsAnError() throws {
        let run = try SwiftletProgram.run(["inspect", "dataplanes"])
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("error: "))
    }

    /// Kuma's own outcomes, from a folder that is not part of this repository.
    @Test(Conformance.isThere, arguments: Conformance.sets)
    func dataplanesAreAsKumaMakesThem(set: String) throws {
        var files = ["\(set).pod.yaml", "\(set).services-for-pod.yaml"]
        let others = Conformance.folder.appending(path: "\(set).other-services.yaml").path
        if FileManager.default.fileExists(atPath: others) { files.append("\(set).other-services.yaml") }
        let run = try SwiftletProgram.run(
            ["inspect", "dataplanes", "--zone", "zone-1", "-o", "yaml"]
                + files.flatMap { ["-f", Conformance.folder.appending(path: $0).path] }
        )
        #expect(run.status == 0)
        let made = try #require(try YAML.documents(Array(run.output.utf8), source: "output").first?.value)
        let file = Conformance.folder.appending(path: "\(set).dataplane.yaml")
        let kuma = try #require(try YAML.documents(Array(Data(contentsOf: file)), source: file.path).first?.value)
        #expect(made["mesh"] == kuma["mesh"])
        for member in ["address", "inbound"] {
            #expect(made[path: "spec", "networking", member] == kuma[path: "spec", "networking", member])
        }
        // The pods bear a label `set` that was not there when Kuma computed the tags of gateways.
        var gateway = kuma[path: "spec", "networking", "gateway"]
        if gateway != nil { gateway?[path: "tags", "set"] = .string(set) }
        #expect(made[path: "spec", "networking", "gateway"] == gateway)
    }
}

/// `SWIFTLET_CONFORMANCE` names a folder with a folder `dataplane`, in which `NN.pod.yaml` and others lie.
private enum Conformance {
    private static let root = ProcessInfo.processInfo.environment["SWIFTLET_CONFORMANCE"] ?? ""
    static let folder = URL(filePath: root).appending(path: "dataplane")

    /// The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(
        if: !root.isEmpty,
        "needs Kuma's conformance data: set SWIFTLET_CONFORMANCE to the folder that has dataplane/NN.pod.yaml"
    )

    /// One that is not there when the folder is empty, so that an empty folder fails.
    static let sets: [String] = {
        guard !root.isEmpty else { return [] }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let suffix = ".pod.yaml"
        let sets = files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
        return sets.isEmpty ? ["no set in \(folder.path)"] : sets
    }()
}

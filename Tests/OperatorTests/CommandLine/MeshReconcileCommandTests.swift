import Foundation
import TestSupport
import Testing

/// How `swiftlet reconcile` treats Meshes and TrafficRoutes, as pipelines see it.
@Suite(.blocking)
struct MeshReconcileCommandTests {
    @Test func aRouteIsForeseenFromFiles() throws {
        try SwiftletProgram.withFile(.shop()) { file in
            let run = try SwiftletProgram.run(
                ["reconcile", "--dry-run", "--exit-code", "--state", file, "-f", "-"],
                input: MeshScene.canary(90, 10)
            )
            #expect(run.status == 2)
            #expect(run.errors == "")
            #expect(run.output.contains("#   v1           66.7%, 2 endpoints   90%, 2 endpoints\n"))
            #expect(run.output.hasSuffix("0 to remove, for 1 of 4 proxies\n"))
        }
    }

    @Test func whatIsThereAlreadyEndsWithZero() throws {
        var scene = MeshScene.shop()
        try scene.add(route: MeshScene.canary(90, 10))
        try SwiftletProgram.withFile(scene) { file in
            let same = try SwiftletProgram.run(
                ["reconcile", "--dry-run", "--exit-code", "--state", file, "-f", "-"],
                input: MeshScene.canary(90, 10)
            )
            #expect(same.status == 0)
            #expect(same.output == "no changes\n")
            let deletion = try SwiftletProgram.run(
                ["reconcile", "--dry-run", "--exit-code", "--state", file, "--delete", "trafficroute/canary"]
            )
            #expect(deletion.status == 2)
            #expect(deletion.output.contains("#   decided by   canary             no TrafficRoute\n"))
            #expect(deletion.output.contains("0 to create, 0 to change, 1 to delete"))
        }
    }

    @Test func webServersAndRoutesGoTogether() throws {
        let webServer = """

            ---
            apiVersion: web.phys.app/v1alpha1
            kind: WebServer
            metadata: {name: web}
            spec: {webServerImage: nginx}
            """
        try SwiftletProgram.withFile(.shop()) { file in
            let run = try SwiftletProgram.run(
                ["reconcile", "--dry-run", "--state", file, "-o", "json", "-f", "-"],
                input: MeshScene.canary(90, 10) + webServer
            )
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            )
            let summary = try #require(document["summary"] as? [String: Any])
            #expect(summary["create"] as? Int == 3)
            #expect(summary["envoyResources"] as? [String: Int] == ["add": 4, "change": 1, "remove": 0])
            #expect((document["webServers"] as? [Any])?.count == 1)
            #expect(document["mesh"] != nil)
        }
    }

    @Test func lintsGoToStandardErrorWithFileAndLine() throws {
        try SwiftletProgram.withFile(.shop(appProtocol: nil)) { file in
            let run = try SwiftletProgram.run(
                ["reconcile", "--dry-run", "--state", file, "-f", "-"],
                input: MeshScene.canary(90, 10)
            )
            #expect(run.errors.hasPrefix("warning: standard input:9:"))
            #expect(run.errors.contains("TrafficRoute canary: spec.conf.split: splits connections"))
        }
    }

    @Test func aMistakeEndsWithOne() throws {
        let run = try SwiftletProgram.run(
            ["reconcile", "--dry-run", "--offline", "-f", "-"],
            input: MeshScene.canary(90, 10).replacing("conf:", with: "config:")
        )
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.errors.contains("error: standard input:5:1: TrafficRoute canary: spec.conf: cannot be empty"))
    }

    @Test func anEnvoyThatIsNotThereIsAMistake() throws {
        let run = try SwiftletProgram.run(
            ["reconcile", "--dry-run", "--offline", "--envoy", "/nothing", "-f", "-"],
            input: MeshScene.canary(90, 10)
        )
        #expect(run.status == 1)
        #expect(run.errors.contains("--envoy: /nothing is no program that can be run"))
    }

    @Test(arguments: [
        ["--delete", "trafficroute/a"], ["--envoy", "/bin/sh", "-f", "-"], ["--dry-run", "--delete", "a"],
    ])
    func optionsThatMakeNoSenseAreRefused(options: [String]) throws {
        let run = try SwiftletProgram.run(["reconcile"] + options)
        #expect(run.status != 0 && run.status != 2)
        #expect(run.errors.contains("Error:"))
    }
}

import JSON
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing

/// A cluster in which nothing changes sees no writes.
@Suite(TestCluster.isThere)
struct QuietTests {
    private static let count = 50

    /// Settings whose spelling the server changes, or that it completes.
    private static let specs: [JSONValue] = [
        ["replicas": 0],
        [
            "replicas": 0,
            "resources": ["requests": ["cpu": "1000m", "memory": "1024Mi"], "limits": ["cpu": 2, "memory": "2e9"]],
            "livenessProbe": ["tcpSocket": ["port": 80]],
        ],
        [
            "replicas": 0, "ingress": ["host": "phys.app"], "disruptionBudget": ["maxUnavailable": "25%"],
            "env": [["name": "NOTHING"], ["name": "A", "value": "1"]],
            "securityContext": ["privileged": false],
        ],
        [
            "replicas": 0, "service": ["type": "NodePort", "port": 8080],
            "persistentVolumeClaim": [
                "name": "data", "mountPath": "/data", "createIfNotExists": true, "size": "1024Mi",
            ],
        ],
    ]

    @Test func aQuietClusterSeesNoWritesNeitherOverTimeNorOverARestart() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { log in
                for index in 0..<Self.count {
                    try await space.createWebServer("web-\(index)", Self.specs[index % Self.specs.count])
                }
                try await untilAllAreWritten(space, log)
                let before = log.writes
                try await always("quiet: \(before)", for: .seconds(10)) { log.writes == before }
            }
            let versions = try await versions(space)
            try await space.withOperator { log in
                try await eventually("the new operator has seen all WebServers") { log.isSettled(after: Self.count) }
                try await always("quiet after a restart", for: .seconds(10)) { log.writes.isEmpty }
                #expect(log.writes.isEmpty)
                // It was awake.
                try await space.patchWebServer("web-0", ["webServerImage": "nginx:1.22"])
                try await space.untilThere(.deployments, "web-0") { $0.image == "nginx:1.22" }
            }
            let after = try await self.versions(space)
            #expect(after.filter { $0.key != "web-0" } == versions.filter { $0.key != "web-0" })
        }
    }

    /// Waits until all Deployments are there and known to be, and nothing was written for a moment.
    private func untilAllAreWritten(_ space: TestNamespace, _ log: RequestLog) async throws {
        try await eventually("all are written; \(space.story("web-0"))", within: .seconds(90)) {
            let webServers = try await space.list(WebServer.resource)
            let written = webServers.filter { object in
                let conditions = object.value[path: "status", "conditions"]?.arrayValue ?? []
                return conditions.contains { $0["type"] == "DeploymentAvailable" && $0["status"] == "True" }
            }
            return written.count == Self.count
        }
        var last = log.writes
        var since = ContinuousClock.now
        try await eventually("nothing more is written; last were \(last)") {
            if log.writes != last {
                last = log.writes
                since = .now
            }
            return since.duration(to: .now) > .seconds(2)
        }
    }

    private func versions(_ space: TestNamespace) async throws -> [String: ResourceVersion] {
        var versions: [String: ResourceVersion] = [:]
        for webServer in try await space.list(WebServer.resource) {
            versions[webServer.name] = try webServer.metadata().resourceVersion
        }
        return versions
    }
}

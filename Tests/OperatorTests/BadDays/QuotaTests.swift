import JSON
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

extension BadDays {
    /// A namespace is full.
    @Suite struct Quotas {
        private static let quotas = APIResource(
            group: "",
            version: "v1",
            kind: "ResourceQuota",
            plural: "resourcequotas"
        )

        @Test func aQuotaIsToldHoldsUpNothingElseAndIsHealed() async throws {
            try await TestCluster.withNamespace { space in
                try await space.create(Self.quotas, "full", ["spec": ["hard": ["count/deployments.apps": "1"]]])
                try await eventually("the quota is counted") {
                    try await space.get(Self.quotas, "full").value[path: "status", "used"] != nil
                }
                try await LiveOperator.run(["--namespace", space.name]) { live in
                    try await space.createWebServer("first")
                    try await space.untilWritten("first")
                    try await space.createWebServer("second", ["ingress": ["host": "phys.app"]])
                    let told = try await space.untilCondition("Reconciling", .yes, "WriteFailed", of: "second")
                    #expect(told.message.contains("exceeded quota: full"), "\(told.message)")
                    // Its other children are there, and others go on.
                    try await space.untilThere(.services, "second")
                    try await space.untilThere(try #require(space.served.ingress), "second")
                    try await space.patchWebServer("first", ["webServerImage": "nginx:1.22"])
                    try await space.untilThere(.deployments, "first") { $0.image == "nginx:1.22" }

                    let before = (requests: try await live.requests(), usage: try live.usage())
                    try await Task.sleep(for: .seconds(10))
                    let requests = try await live.requests() - before.requests
                    let cpu = try live.usage().cpu - before.usage.cpu
                    BadDayOptions.tell("10 s before a full quota: \(requests) requests, \(cpu) s CPU")
                    #expect(requests < 30)
                    #expect(cpu < 1)

                    try await space.patch(Self.quotas, "full", ["spec": ["hard": ["count/deployments.apps": "2"]]])
                    try await space.untilThere(.deployments, "second")
                    try await eventually("the failure is told no more") {
                        let reason = try await space.webServer("second").status?.conditions[type: "Reconciling"]?.reason
                        return reason.map { $0 != "WriteFailed" } ?? false
                    }
                }
            }
        }
    }
}

import JSON
import KubeClient
import KubeModel
import Operator
import PollingSupport
import SwiftletAPI
import Testing

extension BadDays {
    /// What happens to the cluster itself. Each has a cluster of its own.
    @Suite struct ClusterFaults {
        @Test func aServerThatWasRestartedAndHasForgottenIsListedAnew() async throws {
            try await OwnCluster.run { cluster in
                try await TestCluster.withNamespace(on: cluster.kubeconfig) { space in
                    try await FaultProxy.run(before: cluster.kubeconfig) { proxy, kubeconfig in
                        try await LiveOperator.run(["--namespace", space.name], kubeconfig: kubeconfig) { live in
                            for name in ["kept", "edited", "deleted"] { try await space.createWebServer(name) }
                            for name in ["kept", "edited", "deleted"] { try await space.untilWritten(name) }

                            try await cluster.restart("kube-apiserver")
                            try await space.patchWebServer("edited", ["webServerImage": "nginx:1.22"])
                            try await space.untilThere(.deployments, "edited") { $0.image == "nginx:1.22" }

                            // What the restart alone made them forget is told by now.
                            let before = try await expired(live)
                            // Unseen changes, of which nobody will tell afterwards.
                            try await proxy.become(.refusing)
                            try await space.createWebServer("new")
                            try await space.patchWebServer("edited", ["webServerImage": "nginx:1.31"])
                            try await space.delete(WebServer.resource, "deleted")
                            try await space.delete(.services, "kept")
                            try await cluster.compact()
                            try await cluster.restart("kube-apiserver")
                            try await proxy.become(.passing)

                            for name in ["new", "edited", "kept"] { try await space.untilWritten(name) }
                            try await space.untilThere(.services, "kept")
                            try await space.untilThere(.deployments, "edited") { $0.image == "nginx:1.31" }
                            try await space.untilGone(.deployments, "deleted")
                            let forgotten = try await expired(live) - before
                            BadDayOptions.tell("\(Int(forgotten)) watches were told that their version has expired")
                            #expect(forgotten > 0)
                            try await live.untilQuiet()
                            for (name, generation) in [("new", 1), ("edited", 3), ("kept", 1)] {
                                let found = try await space.get(.deployments, name).metadata().generation
                                let written = try live.logged().split(separator: "\n").filter {
                                    $0.contains("Deployment.apps \(space.name)/\(name)")
                                }
                                #expect(found == Int64(generation), "\(name): \(written.joined(separator: "\n"))")
                            }
                        }
                    }
                }
            }
        }

        /// How many watches were told that their version is too old.
        private func expired(_ live: LiveOperator) async throws -> Double {
            try await live.metric { line in
                line.hasPrefix("reflector_failures_total{") && line.contains("cause=\"expired\"")
            }
        }

        @Test func aNamespaceThatDoesNotEndIsNotFoughtAndHoldsUpNoOther() async throws {
            try await OwnCluster.run { cluster in
                try await TestCluster.withNamespace(on: cluster.kubeconfig) { space in
                    let stuck = TestNamespace(client: space.client, name: "stuck", served: space.served)
                    _ = try await space.client.create(.namespaces, ["metadata": ["name": "stuck"]])
                    let flags = ["--no-mesh", "--operator-namespace", space.name]
                    try await LiveOperator.run(flags, kubeconfig: cluster.kubeconfig) { live in
                        try await stuck.create(.configMaps, "held", ["metadata": ["finalizers": ["example.com/held"]]])
                        try await stuck.createWebServer()
                        try await stuck.untilWritten()
                        // Nobody empties the namespace, and nothing can be made in it.
                        try await cluster.withFrozen("kube-controller-manager") {
                            try await stuck.client.delete(.namespaces, ObjectKey(namespace: "", name: "stuck"))
                            try await stuck.patchWebServer("web", ["ingress": ["host": "phys.app"]])
                            let told = try await stuck.untilCondition("Reconciling", .yes, "WriteFailed")
                            #expect(told.message.contains("because it is being terminated"), "\(told.message)")
                            let before = (requests: try await live.requests(), usage: try live.usage())
                            try await space.createWebServer("other")
                            try await space.untilThere(.services, "other")
                            try await Task.sleep(for: .seconds(10))
                            let requests = try await live.requests() - before.requests
                            let cpu = try live.usage().cpu - before.usage.cpu
                            BadDayOptions.tell("10 s in a namespace that ends: \(requests) requests, \(cpu) s CPU")
                            #expect(requests < 40)
                            #expect(cpu < 1)
                        }
                        // Now it is emptied, but for what somebody holds.
                        try await stuck.untilGone(WebServer.resource)
                        try await stuck.untilGone(.deployments)
                        try await space.untilWritten("other")
                        try await live.untilQuiet()
                        #expect(try await stuck.find(.configMaps, "held") != nil)
                        try await stuck.patch(.configMaps, "held", ["metadata": ["finalizers": .null]])
                    }
                }
            }
        }
    }
}

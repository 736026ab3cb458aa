import JSON
import KubeClient
import KubeModel
import Operator
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

extension BadDays {
    /// The way to the API server is bad for a while, and meanwhile people go on by another one.
    @Suite struct ServerFaults {
        enum Fault: String, CaseIterable, CustomTestStringConvertible {
            case refused, reset, silent, slow, flapping
            /// What is noticed only when a bookmark does not come, after minutes.
            case forgotten

            var testDescription: String { rawValue }

            /// How often the operator may dial in a second of it, after the first moment. A dozen kinds are watched, each after a back-off.
            var dials: Double { self == .flapping ? 12 : 6 }
        }

        @Test(arguments: Fault.allCases.filter { $0 != .forgotten || BadDayOptions.outage >= 60 })
        func theOperatorWaitsTellsAndConverges(_ fault: Fault) async throws {
            try await TestCluster.withNamespace { space in
                try await FaultProxy.run(before: TestCluster.kubeconfig ?? "") { proxy, kubeconfig in
                    try await LiveOperator.run(["--namespace", space.name], kubeconfig: kubeconfig) { live in
                        for name in ["kept", "edited", "deleted"] { try await space.createWebServer(name) }
                        for name in ["kept", "edited", "deleted"] { try await space.untilWritten(name) }
                        try await live.untilQuiet()
                        try await outage(fault, proxy, live, space)
                        if fault == .forgotten {
                            try await eventually("silence is noticed", within: .seconds(260)) {
                                try await live.metric("watch_idle_aborts_total") > 0
                            }
                        }
                        let end = ContinuousClock.now
                        try await untilRight(space)
                        BadDayOptions.tell("\(fault): right \(ContinuousClock.now - end) after its end")
                        try await live.untilQuiet()
                        try await checkWrittenOnce(fault, space, live)
                    }
                }
            }
        }

        // MARK: - Steps

        private func outage(
            _ fault: Fault,
            _ proxy: FaultProxy,
            _ live: LiveOperator,
            _ space: TestNamespace
        ) async throws {
            let length = Duration.seconds(BadDayOptions.outage)
            let before = try (accepted: proxy.accepted, usage: live.usage(), requests: await live.requests())
            let start = ContinuousClock.now
            switch fault {
            case .refused: try await proxy.become(.refusing)
            case .reset: try await proxy.become(.resetting)
            case .silent: try await proxy.become(.silent)
            case .forgotten: proxy.forgetConnections()
            case .slow: try await proxy.become(.slow(.seconds(5)))
            case .flapping: break
            }
            async let flapping: Void =
                fault == .flapping
                ? proxy.flap(up: .seconds(2), down: .seconds(3), for: length) : ()
            try await meanwhile(space)
            try await Task.sleep(until: start + length * 0.9)
            let told = try await live.page("/readyz?verbose")?.text ?? ""
            let failures = try await live.metric("reflector_failures_total")
            try await flapping
            let seconds = Double(BadDayOptions.outage)
            let dialled = proxy.accepted - before.accepted
            let requests = try await live.requests() - before.requests
            let cpu = try live.usage().cpu - before.usage.cpu
            BadDayOptions.tell(
                "\(fault) for \(seconds) s: \(dialled) dials, \(requests) requests, \(cpu) s CPU, \(failures) failures"
            )
            #expect(Double(dialled) < 60 + fault.dials * seconds, "\(fault): dials")
            #expect(Double(requests) < 80 + fault.dials * seconds, "\(fault): requests")
            #expect(cpu < 1 + 0.1 * seconds, "\(fault): CPU")
            // What breaks is seen at once; what is silent or slow only in time.
            if fault == .refused || fault == .reset {
                #expect(told.contains("webservers.web.phys.app stalled"), "\(told)")
                #expect(failures > 0)
            }
            try await proxy.become(.passing)
        }

        /// What people do while the operator cannot see it.
        private func meanwhile(_ space: TestNamespace) async throws {
            try await space.createWebServer("new", ["ingress": ["host": "phys.app"]])
            try await space.patchWebServer("edited", ["webServerImage": "nginx:1.22"])
            try await space.delete(WebServer.resource, "deleted")
            try await space.delete(.services, "kept")
            try await space.patch(.deployments, "kept", ["metadata": ["labels": ["app.kubernetes.io/name": "stolen"]]])
        }

        private func untilRight(_ space: TestNamespace) async throws {
            for name in ["new", "edited", "kept"] { try await space.untilWritten(name) }
            try await space.untilThere(.services, "kept")
            try await space.untilThere(.deployments, "kept") { $0.labels["app.kubernetes.io/name"] == "webserver" }
            try await space.untilThere(.deployments, "edited") { $0.image == "nginx:1.22" }
            try await space.untilThere(.deployments, "new")
            try await space.untilThere(.services, "new")
            try await space.untilThere(try #require(space.served.ingress), "new")
            try await space.untilGone(.deployments, "deleted")
            try await space.untilGone(.services, "deleted")
        }

        /// Each change of a spec is one change of the Deployment's, and where no answer is lost, one request.
        private func checkWrittenOnce(_ fault: Fault, _ space: TestNamespace, _ live: LiveOperator) async throws {
            for (name, generation, writes) in [("new", 1, 1), ("edited", 2, 2), ("kept", 1, 2)] {
                let found = try await space.get(.deployments, name).metadata().generation
                let written = try live.logged().split(separator: "\n").filter {
                    $0.contains("Deployment.apps \(space.name)/\(name)")
                }
                #expect(found == Int64(generation), "\(name): \(written.joined(separator: "\n"))")
                guard [.refused, .silent, .slow].contains(fault) else { continue }
                let count = written.count {
                    $0.contains("msg=\"created\"") || $0.contains("msg=\"applied\"") || $0.contains("msg=created")
                        || $0.contains("msg=applied")
                }
                #expect(count == writes, "\(name): \(written.joined(separator: "\n"))")
            }
        }
    }
}

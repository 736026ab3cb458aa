import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

extension BadDays {
    /// Everything goes at once.
    @Suite struct Crowds {
        @Test func manyWebServersAreDeletedAtOnce() async throws {
            let names = (0..<BadDayOptions.crowd).map { "web-\($0)" }
            try await TestCluster.withNamespace { space in
                try await LiveOperator.run(["--namespace", space.name, "--log-level", "info"]) { live in
                    try await eventually("the operator is ready") { try await live.isReady() }
                    let empty = try live.usage()
                    try await forEach(names) {
                        try await space.createWebServer(
                            $0,
                            ["replicas": 0, "ingress": ["host": .string("\($0).example.com")]]
                        )
                    }
                    try await eventually("all have converged", within: .seconds(300)) {
                        try await space.list(WebServer.resource).allSatisfy { webServer in
                            webServer.value[path: "status", "observedGeneration"] != nil
                        }
                    }
                    try await live.untilQuiet()
                    let full = try live.usage()
                    #expect(full.memory > empty.memory + 8, "too few to see anything by")
                    let before = (writes: try await live.writes(), requests: try await live.requests())

                    let start = ContinuousClock.now
                    try await forEach(names) { try await space.delete(WebServer.resource, $0) }
                    let deleted = ContinuousClock.now - start
                    try await eventually("the children are gone", within: .seconds(300)) {
                        try await children(space).isEmpty
                    }
                    let gone = ContinuousClock.now - start
                    let writes = try await live.writes() - before.writes
                    let requests = try await live.requests() - before.requests
                    try await always("nothing comes back", for: .seconds(5)) { try await children(space).isEmpty }
                    // What the first burst made for all that come, such as connections, stays.
                    try await eventually("memory is given back", within: .seconds(100)) {
                        try live.usage().memory < empty.memory + max(6, (full.memory - empty.memory) * 0.5)
                    }
                    let after = try live.usage()
                    BadDayOptions.tell(
                        """
                        \(names.count) WebServers deleted in \(deleted), their children gone after \(gone): the operator wrote \(writes) times \
                        in \(requests) requests; MiB before \(empty.memory), with all \(full.memory), after \(after.memory)
                        """
                    )
                    // What goes is not made again, whatever is seen first. Events may be written late.
                    let made = try live.logged().split(separator: "\n").filter {
                        $0.contains("created") && $0.contains("Deployment")
                    }
                    #expect(made.count == names.count)
                    #expect(writes < names.count / 10 + 5)
                    #expect(requests < 2 * names.count + 50)
                    #expect(after.descriptors <= full.descriptors + 2)
                }
            }
        }

        private func children(_ space: TestNamespace) async throws -> [String] {
            var found: [String] = []
            for resource in ChildRole.allCases.compactMap({ $0.resource(in: space.served) }) {
                found += try await space.list(resource).map(\.name)
            }
            return found
        }

        private func forEach(_ names: [String], _ work: @escaping @Sendable (String) async throws -> Void) async throws
        {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, name) in names.enumerated() {
                    if index >= 16 { try await group.next() }
                    group.addTask { try await work(name) }
                }
                try await group.waitForAll()
            }
        }
    }
}

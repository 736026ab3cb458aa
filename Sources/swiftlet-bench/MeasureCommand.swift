import ArgumentParser
import KubeRuntime

struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure, and print a Markdown table.",
        discussion: """
            The parts: a, pods listed and watched by an informer; b, WebServers created until all have converged; c, a restart of the \
            operator on them; d, the operator with nothing to do; e, changes of a mesh pushed to simulated proxies; f, sidecars injected; g, a \
            rolling update of a large Deployment; h, the operator under attack by hostile clients. c and d do what b does first. e, f and h are \
            best given a server of their own each.

            Objects stay behind: give it an API server that is thrown away afterwards, and nothing else runs on.
            """
    )

    @Option(help: "Path of the kubeconfig file.")
    var kubeconfig: String

    @Option(help: "What to measure.")
    var only = PartList(Set(Part.allCases).subtracting([.attack]))

    @Option(help: "How many pods.")
    var pods = 10_000

    @Option(help: "How many WebServers.")
    var webServers = 1_000

    @Option(help: "How many replicas the Deployment has that is rolled.")
    var replicas = 200

    @Option(help: "How many Services, and proxies, the mesh has.")
    var services = 1_000

    @Option(help: "How many changes of each kind are pushed.")
    var changes = 100

    @Option(help: "The program that attacks; needed for part h.")
    var attacker: String?

    @Option(help: "How many seconds the attack lasts.")
    var attackSeconds = 300

    @Option(help: "How often an informer is begun and measured; the table has the medians.")
    var runs = 3

    @Option(help: "The program to measure. The one beside this program if not given.")
    var `operator`: String?

    @Option(help: "Decides what the pods look like.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...1_000_000).contains(pods), (1...1_000_000).contains(webServers), (1...100).contains(runs) else {
            throw ValidationError("The counts are from 1 to a million, the runs from 1 to 100.")
        }
        guard !only.parts.contains(.attack) || attacker != nil, (1...3_600).contains(attackSeconds) else {
            throw ValidationError("Part h takes --attacker, and 1 to 3,600 seconds.")
        }
        guard (1...5_000).contains(replicas) else { throw ValidationError("The replicas are from 1 to 5,000.") }
        guard (20...20_000).contains(services), (1...10_000).contains(changes) else {
            throw ValidationError("The Services are from 20 to 20,000, the changes from 1 to 10,000.")
        }
    }

    func run() async throws {
        let progress = Progress()
        let binary = `operator` ?? Machine.siblingOfThisProgram("swiftlet")
        let report = try await BenchCluster.connected(to: kubeconfig) { cluster in
            var report = Report(machine: try await Machine.described(server: cluster.serverVersion()))
            if only.parts.contains(.informer) {
                let bench = InformerBench(cluster: cluster, count: pods, runs: runs, seed: seed, progress: progress)
                report.add(try await bench.measure())
            }
            let operatorParts = only.parts.intersection(Part.ofWebServers)
            if !operatorParts.isEmpty {
                let bench = OperatorBench(cluster: cluster, binary: binary, count: webServers, progress: progress)
                report.add(try await bench.measure(operatorParts))
            }
            if only.parts.contains(.rollout) {
                let bench = RolloutBench(cluster: cluster, binary: binary, replicas: replicas, progress: progress)
                report.add([try await bench.measure()])
            }
            if only.parts.contains(.mesh) {
                let objects = MeshObjects(services: services)
                let bench = MeshBench(
                    cluster: cluster,
                    binary: binary,
                    objects: objects,
                    changes: changes,
                    progress: progress
                )
                report.add(try await bench.measure())
            }
            if only.parts.contains(.injection) {
                let bench = InjectionBench(cluster: cluster, binary: binary, progress: progress)
                report.add(try await bench.measure())
            }
            if only.parts.contains(.attack), let attacker {
                let bench = AttackBench(
                    cluster: cluster,
                    binary: binary,
                    attacker: attacker,
                    seconds: attackSeconds,
                    progress: progress
                )
                report.add(try await bench.measure())
            }
            return report
        }
        print(report.markdown)
    }
}

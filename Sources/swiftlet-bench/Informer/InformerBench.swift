import JSON
import KubeClient
import KubeModel

/// Part a: what it costs to keep up with pods.
struct InformerBench: Sendable {
    let cluster: BenchCluster
    let count: Int
    let runs: Int
    let progress: Progress
    private let maker: PodMaker

    init(cluster: BenchCluster, count: Int, runs: Int, seed: UInt64, progress: Progress) {
        self.cluster = cluster
        self.count = count
        self.runs = runs
        self.progress = progress
        maker = PodMaker(seed: seed)
    }

    func measure() async throws -> [Section] {
        try await makePods()
        let size = try await averageSize()
        progress.say("pods have \(size) bytes of JSON each")
        return [
            try await section(json: false, size: size),
            try await section(json: true, size: size),
        ]
    }

    private func section(json: Bool, size: Int) async throws -> Section {
        let form = json ? "JSON" : "protobuf"
        var synced: [InformerFigures.Synced] = []
        var followed: InformerFigures.Followed?
        for run in 1...runs {
            progress.say("informer, \(form), run \(run) of \(runs)")
            let isLast = run == runs
            var arguments = ["informer", "--kubeconfig", cluster.kubeconfig] + (json ? ["--json"] : [])
            if isLast { arguments += ["--events", String(count)] }
            try await ChildProcess.running(Machine.thisProgram, arguments) { child in
                let figures = try decode(InformerFigures.Synced.self, await child.line(within: .seconds(150)))
                guard figures.objects == count else {
                    throw BenchError(
                        "the informer has \(figures.objects) pods, not \(count): give it a cluster of its own"
                    )
                }
                synced.append(figures)
                guard isLast else { return }
                progress.say("\(count) pods get a label")
                try await label(json ? "json" : "protobuf")
                followed = try decode(InformerFigures.Followed.self, await child.line(within: .seconds(60)))
            }
        }
        return section(json: json, size: size, synced, followed)
    }

    private func section(
        json: Bool,
        size: Int,
        _ synced: [InformerFigures.Synced],
        _ followed: InformerFigures.Followed?
    ) -> Section {
        func peer(_ figure: Double) -> Double? { figure.ifComparable(count, to: GoPeer.Pods.count) }
        func median(_ figure: (InformerFigures.Synced) -> Double) -> Double { synced.map(figure).median }
        let cpu = median(\.cpu)
        let peak = median(\.peakMebibytes)
        let bytes = median { Double($0.heapBytes) / Double($0.objects) }
        let resident = median { Double($0.residentBytes) / Double($0.objects) }
        var section = Section(
            title: "Informer: \(count) pods, \(json ? "JSON" : "protobuf")",
            method: """
                A fresh process lists and watches \(count) pods (\(size) B of JSON each on average, status and \
                managedFields included) into a store of the projected type; medians of \(runs). CPU is user and \
                system time of the whole process. Then each pod gets a label by a patch, and the process sees \
                \(followed?.events ?? 0) events.
                """
        )
        let patchPeer = json ? GoPeer.Pods.jsonPatchCPU : GoPeer.Pods.patchCPU
        section.figures = [
            Figure("start to synced", median(\.seconds), .seconds),
            Figure(
                "CPU to synced; peer reduced to a struct",
                cpu,
                .seconds,
                peer: peer(json ? GoPeer.Pods.jsonCPU : GoPeer.Pods.cpu)
            ),
            Figure(
                "peak RSS; peer reduced to a struct",
                peak,
                .mebibytes,
                peer: peer(json ? GoPeer.Pods.jsonPeak : GoPeer.Pods.peak)
            ),
            Figure("heap per pod at rest", bytes, .bytes, peer: json ? nil : peer(GoPeer.Pods.bytes)),
            Figure("RSS per pod at rest, less that before the list", resident, .bytes),
        ]
        if let followed {
            section.figures.append(
                Figure("CPU of \(followed.events) watch events", followed.cpu, .seconds, peer: peer(patchPeer))
            )
            section.figures.append(Figure("peak RSS after them", followed.peakMebibytes, .mebibytes))
        }
        if !json {
            section.figures += [
                Figure("CPU to synced; peer keeps whole objects", cpu, .seconds, peer: peer(GoPeer.Pods.wholeCPU)),
                Figure("peak RSS; peer keeps whole objects", peak, .mebibytes, peer: peer(GoPeer.Pods.wholePeak)),
                Figure("heap per pod; peer keeps whole objects", bytes, .bytes, peer: peer(GoPeer.Pods.wholeBytes)),
            ]
        }
        section.remarks = ["CPU to synced, all runs: " + synced.map { "\($0.cpu.fixed(3)) s" }.joined(separator: ", ")]
        return section
    }

    private func decode<Figures: Decodable>(_ type: Figures.Type, _ line: String) throws -> Figures {
        try JSONValue(parsing: line).decode(as: type)
    }

    // MARK: - Load

    private func makePods() async throws {
        let present = try await cluster.count(.pods)
        if present == count {
            progress.say("\(count) pods are there already")
            return
        }
        guard present == 0 else { throw BenchError("there are \(present) pods already: give it a cluster of its own") }
        progress.say("making \(count) pods")
        try await cluster.makeNamespaces()
        try await forEachConcurrently(count) { [cluster, maker] index in
            let options = WriteOptions(fieldManager: "kube-controller-manager")
            _ = try await cluster.client.create(.pods, maker.pod(index), options: options)
            _ = try await cluster.client.patch(
                .pods,
                maker.key(index),
                .merge(["status": maker.status(index)]),
                options: WriteOptions(fieldManager: "kubelet"),
                subresource: "status",
                as: ObjectMetaProjection.self
            )
        }
    }

    private func label(_ value: String) async throws {
        try await forEachConcurrently(count) { [cluster, maker] index in
            _ = try await cluster.client.patch(
                .pods,
                maker.key(index),
                .merge(["metadata": ["labels": ["bench": .string(value)]]]),
                as: ObjectMetaProjection.self
            )
        }
    }

    /// Over the first pods, as the server sends them.
    private func averageSize() async throws -> Int {
        var query = Query()
        query.add("limit", "200")
        let list = try await cluster.client.perform("GET", path: APIResource.pods.path(), query: query)
        let items = list["items"]?.arrayValue ?? []
        return items.reduce(0) { $0 + $1.encoded().count } / max(items.count, 1)
    }
}

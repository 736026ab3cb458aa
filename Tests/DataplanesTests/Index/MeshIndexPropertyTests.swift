import KubeModel
import Testing

@testable import Dataplanes

@Suite struct MeshIndexPropertyTests {
    /// After every batch of changes the index is what a computation from scratch gives, and has told the difference, no more and no less.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func indexIsWhatAComputationFromScratchGives(seed: UInt64) throws {
        let options = DataplaneOptions(
            zone: seed.isMultiple(of: 2) ? "zone" : "",
            ignoredSelectorLabels: seed.isMultiple(of: 3) ? ["hash"] : [],
            nodeLabels: seed.isMultiple(of: 5) ? [] : DataplaneOptions.topologyLabels
        )
        var cluster = RandomCluster(seed: seed)
        var index = MeshIndex(options: options)
        var before = ComputedFromScratch.State()
        for step in 0..<300 {
            for _ in 0..<(step % 7 == 0 ? 5 : 1) { try cluster.change(&index) }
            let changes = index.takeChanges()
            let now = cluster.objects.state(options)
            try #require(index.state == now, "step \(step)")
            try #require(changes == before.changes(to: now), "step \(step)")
            before = now
        }
        #expect(index.takeChanges().isEmpty)
    }

    /// In whatever order objects come, the same follows.
    @Test(arguments: 70...79 as ClosedRange<UInt64>)
    func orderDoesNotMatter(seed: UInt64) throws {
        var cluster = RandomCluster(seed: seed)
        var grown = MeshIndex()
        for _ in 0..<300 { try cluster.change(&grown) }
        grown.setMeshes(["default", "other"])
        _ = grown.takeChanges()
        var fresh = MeshIndex()
        fresh.setMeshes(["default", "other"])
        for (name, labels) in cluster.objects.nodes { fresh.put(node: name, labels: labels) }
        for slice in cluster.objects.slices.values { fresh.put(slice) }
        for service in cluster.objects.services.values { fresh.put(service) }
        for pod in cluster.objects.pods.values { fresh.put(pod) }
        for namespace in cluster.objects.namespaces.values { fresh.put(namespace) }
        _ = fresh.takeChanges()
        #expect(fresh.state == grown.state)
        #expect(!fresh.state.dataplanes.isEmpty)
    }
}

import Dataplanes
import EnvoyAPI
import EnvoyConfig
import Testing
import TrafficPolicy

struct SnapshotDifferenceTests {
    @Test func addedChangedRemoved() throws {
        let before = try Samples.snapshot([Samples.service(), Samples.service("old", addresses: [])])
        let after = try Samples.snapshot([Samples.service()], [Samples.web: Samples.canary])
        let difference = SnapshotDifference(from: before, to: after)
        let (v1, v2) = (Samples.canary.split[0].tags.clusterName, Samples.canary.split[1].tags.clusterName)
        #expect(difference.added.map(\.name).sorted() == [v1, v1, v2, v2].sorted())
        #expect(difference.removed.map(\.name) == ["old", "old"])
        #expect(difference.changed.map(\.id.description) == ["listener outbound:10.1.0.1:80"])
        #expect(difference.changes.map(\.id) == difference.changes.map(\.id).sorted())
    }

    @Test func fromNothingToAll() throws {
        let snapshot = try Samples.snapshot([Samples.service()])
        #expect(SnapshotDifference(from: nil, to: snapshot).added.count == snapshot.resources.count)
        #expect(SnapshotDifference(from: snapshot, to: nil).removed.count == snapshot.resources.count)
        #expect(SnapshotDifference(from: snapshot, to: snapshot).changes.isEmpty)
    }

    /// The shortcut by layers finds what comparing everything finds.
    @Test(arguments: 0..<10 as Range<UInt64>)
    func findsAll(seed: UInt64) throws {
        var mesh = RandomMesh(seed: 500 + seed)
        var compiler = MeshCompiler(settings: mesh.settings)
        for _ in 0..<30 {
            let before = compiler
            _ = try compiler.apply(mesh.step())
            for key in compiler.dataplanes {
                let (old, new) = (before.snapshot(of: key), try #require(compiler.snapshot(of: key)))
                let was = Set((old?.resources ?? []).map(line))
                let becomes = Set(new.resources.map(line))
                let difference = SnapshotDifference(from: old, to: new)
                #expect(Set(difference.changes.compactMap(\.before).map(line)) == was.subtracting(becomes))
                #expect(Set(difference.changes.compactMap(\.after).map(line)) == becomes.subtracting(was))
            }
        }
    }

    private func line(_ resource: EncodedResource) -> String { "\(resource.type) \(resource.name) \(resource.version)" }
}

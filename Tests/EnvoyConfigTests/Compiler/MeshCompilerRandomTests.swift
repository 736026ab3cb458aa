import EnvoyAPI
import EnvoyConfig
import JSON
import KubeModel
import Testing

/// However a mesh came to be what it is, it is compiled to the same.
struct MeshCompilerRandomTests {
    @Test(arguments: 0..<16 as Range<UInt64>)
    func stepsEqualStartingAfresh(seed: UInt64) throws {
        var mesh = RandomMesh(seed: seed)
        var compiler = MeshCompiler(settings: mesh.settings)
        var told: [ObjectKey: ProxySnapshot] = [:]
        for step in 0..<30 {
            let change = mesh.step()
            let before = told
            let update = try compiler.apply(change)
            for key in update.removed { told[key] = nil }
            told.merge(update.snapshots) { $1 }

            var fresh = MeshCompiler(settings: mesh.settings)
            let whole = try fresh.apply(mesh.whole)
            #expect(Set(told.keys) == Set(whole.snapshots.keys), "seed \(seed), step \(step)")
            for (key, snapshot) in whole.snapshots {
                let (was, expected) = (lines(told[key]), lines(snapshot))
                #expect(was.symmetricDifference(expected).sorted() == [], "seed \(seed), step \(step), \(key)")
                #expect(told[key]?.generation == compiler.snapshot(of: key)?.generation)
            }
            for (key, snapshot) in update.snapshots {
                expectIdentity(before[key], snapshot, "seed \(seed), step \(step)")
            }
        }
    }

    /// What did not change is the very same object, and a snapshot is told only for a reason.
    private func expectIdentity(_ before: ProxySnapshot?, _ after: ProxySnapshot, _ comment: Comment) {
        guard let before else { return }
        #expect(zip(before.layers, after.layers).contains { $0 !== $1 }, comment)
        #expect(before.generation < after.generation, comment)
        for resource in after.resources {
            guard let old = before.resource(resource.type, resource.name) else { continue }
            let isSame = old.version == resource.version && old.origin == resource.origin
            #expect(isSame == (old === resource), "\(comment) \(resource.type) \(resource.name)")
        }
    }

    /// Clusters that are named have to be there, routes have to be fetched, and no two listeners may have one address.
    @Test(arguments: 0..<10 as Range<UInt64>)
    func snapshotsAreSound(seed: UInt64) throws {
        var mesh = RandomMesh(seed: 1000 + seed)
        var compiler = MeshCompiler(settings: mesh.settings)
        for _ in 0..<20 { _ = try compiler.apply(mesh.step()) }
        for key in compiler.dataplanes {
            let snapshot = try #require(compiler.snapshot(of: key))
            let clusters = try snapshot.resources(of: .cluster).filter { try $0.json().objectValue?["type"] == "EDS" }
            #expect(Set(snapshot.names(of: .endpoint)) == Set(clusters.map(\.name)))
            let fetched = Set(try snapshot.resources(of: .listener).flatMap { routeNames(in: try $0.json()) })
            #expect(Set(snapshot.names(of: .route)) == fetched)
            let addresses = try snapshot.resources(of: .listener).map { try $0.json().objectValue?["address"] }
            #expect(Set(addresses).count == addresses.count)
        }
    }

    /// The routes that a listener fetches.
    private func routeNames(in value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { name, member in
                name == "routeConfigName" ? [member.stringValue ?? ""] : routeNames(in: member)
            }
        case .array(let elements): elements.flatMap(routeNames)
        default: []
        }
    }

    private func lines(_ snapshot: ProxySnapshot?) -> Set<String> {
        Set((snapshot?.resources ?? []).map { "\($0.type) \($0.name) \($0.version) \($0.origin?.name ?? "-")" })
    }
}

import EnvoyAPI
import Testing

@testable import XDS

struct SharingTests {
    @Test func findsADifferenceOnce() {
        let differences = LayerDifferences()
        let own = [layer([resource(.listener, "l1")]), layer([resource(.listener, "l2")])]
        let old = layer(service("a") + service("b"))
        let new = layer(service("a") + service("c") + [resource(.cluster, "b", "2")])
        for own in own {
            let before = ProxySnapshot(layers: [old, own], generation: 1)
            let after = ProxySnapshot(layers: [new, own], generation: 2)
            #expect(differences.names(of: .cluster, from: before, to: after) == ["b", "c"])
            #expect(differences.names(of: .endpoint, from: before, to: after) == ["b", "c"])
            #expect(differences.names(of: .listener, from: before, to: after) == [])
        }
        #expect(differences.workedOut == 1)
    }

    @Test func looksThroughLayers() throws {
        // The second layer hides a cluster of the first, and then no longer does.
        let shared = layer([resource(.cluster, "a"), resource(.cluster, "b"), resource(.listener, "l")])
        let hiding = ResourceLayer([.cluster: ["a": .removed, "b": .resource(resource(.cluster, "b", "own"))]])
        var scene = try Scene.started(ProxySnapshot(layers: [shared, hiding], generation: 1))
        let open = ProxySnapshot(layers: [shared], generation: 2)
        #expect(scene.publish(open) == ["cluster +a@1 +b@1"])
        #expect(try scene.ack(.cluster) == ["delivered 2"])
        #expect(scene.publish(ProxySnapshot(layers: [shared, hiding], generation: 3)) == ["cluster +b@own"])
        #expect(try scene.ack(.cluster) == ["cluster -a"])
    }

    @Test func remembersOnlyLayersThatLive() {
        let differences = LayerDifferences()
        weak var gone: ResourceLayer?
        do {
            let old = layer(service("a"))
            gone = old
            let before = ProxySnapshot(layers: [old], generation: 1)
            let after = snapshot(2, service("b"))
            _ = differences.names(of: .cluster, from: before, to: after)
        }
        #expect(gone == nil)
    }

    @Test func sharesNames() throws {
        let sharing = PushSharing()
        let names = (0..<100).map { "c\($0)" }
        let mesh = snapshot(1, names.flatMap { service($0) })
        for _ in 0..<2 {
            var machine = PushMachine(sharing: sharing)
            _ = machine.publish(mesh, now: .now)
            _ = try machine.receive(request(.endpoint, subscribe: names), now: .now)
            #expect(machine.states[.endpoint].names.isOwn)
            _ = try machine.receive(request(.endpoint, nonce: "1"), now: .now)
            #expect(!machine.states[.endpoint].names.isOwn && machine.states[.endpoint].names.count == 100)
            // What changes is its own again.
            _ = try machine.receive(request(.endpoint, unsubscribe: ["c1"]), now: .now)
            #expect(machine.states[.endpoint].names.isOwn && machine.states[.endpoint].names.count == 99)
        }
    }
}

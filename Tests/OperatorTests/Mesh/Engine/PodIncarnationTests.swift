import EnvoyAPI
import KubeModel
import KubeRuntime
import Testing
import XDS

@testable import Operator

/// Pods that come again under the name of their predecessors, as those of a StatefulSet do.
struct PodIncarnationTests {
    @Test func theNextPodOfANameIsAnotherProxyAlsoWhenItIsToHaveTheSame() throws {
        var world = MeshWorld()
        world.put(.mesh(MeshSample.mesh()))
        world.put(.service(try MeshSample.service("web")))
        world.put(.pod(try MeshSample.pod("web-0", uid: "first")))
        let first = try #require(try world.step().snapshots.first)
        #expect(first.proxy == .shop("web-0") && first.snapshot.incarnation == "first")
        // At once, and with the same address.
        world.put(.podGone(ObjectKey(namespace: "shop", name: "web-0")))
        world.put(.pod(try MeshSample.pod("web-0", resourceVersion: 2, uid: "second")))
        let second = try #require(try world.step().snapshots.first)
        #expect(second.proxy == .shop("web-0") && second.snapshot.incarnation == "second")
        #expect(second.snapshot.generation > first.snapshot.generation)
        // A change of a pod leaves it the one that it is.
        world.put(.pod(try MeshSample.pod("web-0", address: "10.1.0.9", resourceVersion: 3, uid: "second")))
        #expect(try world.step().snapshots.first?.snapshot.incarnation == "second")
    }

    @Test func podsThatAreDeletedOrReplacedAreGone() throws {
        let pods = Store<Pod>()
        let hub = ProxyHub()
        pods.put(try MeshSample.pod("web-0", uid: "first"))
        hub.follow(pods)
        pods.put(try MeshSample.pod("web-0", address: "10.1.0.9", resourceVersion: 2, uid: "first"))
        #expect(!hub.isGone("first"))
        // A list that was taken after the one was deleted and the next one made.
        pods.put(try MeshSample.pod("web-0", resourceVersion: 3, uid: "second"))
        #expect(hub.isGone("first") && !hub.isGone("second"))
        pods.delete(try MeshSample.pod("web-0", resourceVersion: 4, uid: "second"))
        #expect(hub.isGone("second"))
        // Those without a sidecar are nobody's business.
        pods.put(try MeshSample.pod("job", isInjected: false, uid: "other"))
        pods.delete(try MeshSample.pod("job", resourceVersion: 5, isInjected: false, uid: "other"))
        #expect(!hub.isGone("other"))
    }
}

import KubeModel
import KubeRuntime
import Testing

/// A store whose namespaces are listed one by one.
struct StorePartsTests {
    private let store = Store<Thing>(namespaces: ["red", "blue"])
    private let kind = GroupKind(group: "apps", kind: "Deployment")

    private func thing(_ name: String, in namespace: String, _ version: UInt64) -> Thing {
        var thing = Thing(name, version: version)
        thing.key = ObjectKey(namespace: namespace, name: name)
        return thing
    }

    private func fill(_ namespace: String, _ names: [String], version: UInt64) {
        store.beginFill(in: namespace)
        for name in names { store.put(thing(name, in: namespace, version)) }
        store.endFill(in: namespace, resourceVersion: ResourceVersion(version))
    }

    private var names: Set<String> { Set(store.all().map { "\($0.key.namespace)/\($0.key.name)" }) }

    @Test func aListSweepsItsOwnNamespaceOnly() {
        fill("red", ["a", "b"], version: 3)
        fill("blue", ["a", "b"], version: 4)
        fill("red", ["b"], version: 5)
        #expect(names == ["red/b", "blue/a", "blue/b"])
    }

    @Test func listsThatOverlapInTimeDoNotSweepEachOther() {
        fill("red", ["a"], version: 1)
        fill("blue", ["a"], version: 2)
        store.beginFill(in: "red")
        store.beginFill(in: "blue")
        store.put(thing("a", in: "red", 1))
        store.put(thing("a", in: "blue", 2))
        store.endFill(in: "red", resourceVersion: ResourceVersion(3))
        store.endFill(in: "blue", resourceVersion: ResourceVersion(3))
        #expect(names == ["red/a", "blue/a"])
    }

    @Test func theStoreIsFilledWhenEachNamespaceIs() {
        fill("red", ["a"], version: 1)
        #expect(store.isFilled(in: "red"))
        #expect(!store.isFilled(in: "blue"))
        #expect(!store.isFilled)
        fill("blue", [], version: 1)
        #expect(store.isFilled)
        #expect(store.count(in: "red") == 1)
        #expect(store.count(in: "blue") == 0)
    }

    @Test func whatWasSeenOfOneNamespaceSaysNothingOfAnother() async {
        fill("red", [], version: 9)
        fill("blue", [], version: 3)
        store.advance(to: ResourceVersion(11), in: "red")
        #expect(store.resourceVersion(in: "red") == ResourceVersion(11))
        #expect(store.resourceVersion(in: "blue") == ResourceVersion(3))
        #expect(store.resourceVersion == ResourceVersion(3))
        let now = VirtualTime()
        let deadline = now.source.now
        #expect(await store.waitUntilSeen(ResourceVersion(9), in: "red", deadline: deadline, time: now.source))
        #expect(await !store.waitUntilSeen(ResourceVersion(9), in: "blue", deadline: deadline, time: now.source))
    }

    @Test func aWriteIsWaitedForInItsOwnNamespace() async {
        let time = VirtualTime()
        let barrier = WriteBarrier<String>(stores: [kind: store], time: time.source)
        fill("red", [], version: 9)
        fill("blue", [], version: 3)
        barrier.wrote(kind, version: ResourceVersion(7), in: "red", for: "a")
        barrier.wrote(kind, version: ResourceVersion(7), in: "blue", for: "b")
        #expect(await barrier.waitUntilSeen("a", for: .zero))
        #expect(await !barrier.waitUntilSeen("b", for: .zero))
        store.advance(to: ResourceVersion(7), in: "blue")
        #expect(await barrier.waitUntilSeen("b", for: .zero))
    }
}

import KubeModel
import KubeRuntime
import Testing

struct WriteBarrierTests {
    private let store = Store<Thing>()
    private let time = VirtualTime()
    private let kind = GroupKind(group: "apps", kind: "Deployment")
    private let barrier: WriteBarrier<String>

    init() { barrier = WriteBarrier(stores: [kind: store], time: time.source) }

    @Test func aKeyWithoutWritesNeedNotWait() async {
        #expect(await barrier.waitUntilSeen("a", for: .seconds(5)))
    }

    @Test func aWriteIsWaitedForUntilTheStoreHasSeenIt() async {
        barrier.wrote(kind, version: ResourceVersion(7), for: "a")
        async let isSeen = barrier.waitUntilSeen("a", for: .seconds(5))
        store.advance(to: ResourceVersion(6))
        store.advance(to: ResourceVersion(7))
        #expect(await isSeen)
        #expect(await barrier.waitUntilSeen("b", for: .zero))
    }

    @Test func theWaitIsBoundedAndTheWriteIsNotForgotten() async {
        barrier.wrote(kind, version: ResourceVersion(7), for: "a")
        for _ in 0..<2 {
            let waiting = Task { [barrier] in await barrier.waitUntilSeen("a", for: .seconds(5)) }
            #expect(await time.hasSleepers(1))
            time.advance(by: .seconds(5))
            #expect(await waiting.value == false)
        }
        store.advance(to: ResourceVersion(9))
        #expect(await barrier.waitUntilSeen("a", for: .seconds(5)))
    }

    @Test func theNewestOfSeveralWritesCounts() async {
        barrier.wrote(kind, version: ResourceVersion(9), for: "a")
        barrier.wrote(kind, version: ResourceVersion(7), for: "a")
        store.advance(to: ResourceVersion(8))
        #expect(await barrier.waitUntilSeen("a", for: .zero) == false)
    }

    @Test func aWriteThatTheStoreNeverSeesIsGivenUpInTheEnd() async {
        barrier.wrote(kind, version: ResourceVersion(7), for: "a")
        time.advance(by: .seconds(91))
        #expect(await barrier.waitUntilSeen("a", for: .zero))
    }

    @Test func kindsThatNoStoreFollowsAreNotWaitedFor() async {
        barrier.wrote(GroupKind(group: "", kind: "Secret"), version: ResourceVersion(7), for: "a")
        #expect(await barrier.waitUntilSeen("a", for: .zero))
    }
}

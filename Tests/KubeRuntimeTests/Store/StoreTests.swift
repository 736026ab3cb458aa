import KubeModel
import KubeRuntime
import Synchronization
import Testing

struct StoreTests {
    private final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        func note(_ change: StoreChange<Thing>) {
            let line =
                switch change {
                case .added(let new, let isInitial): "+\(new.key.name)@\(new.resourceVersion)\(isInitial ? "i" : "")"
                case .updated(let old, let new): "~\(new.key.name)@\(old.resourceVersion)-\(new.resourceVersion)"
                case .deleted(let old): "-\(old.key.name)@\(old.resourceVersion)"
                }
            lines.withLock { $0.append(line) }
        }
        func take() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
    }

    private let store = Store<Thing>(indexes: [.namespace, StoreIndex(name: "color") { [$0.color] }])
    private let log = Log()

    init() {
        store.onChange { [log] in log.note($0) }
    }

    private func fill(_ things: [Thing], version: UInt64) {
        store.beginFill()
        for thing in things { store.put(thing) }
        store.endFill(resourceVersion: ResourceVersion(version))
    }

    @Test func aFirstListIsInitialAndCountsAsSeenOnlyAtItsEnd() {
        store.beginFill()
        store.put(Thing("a", version: 5))
        #expect(store.count == 1)
        #expect(store.resourceVersion == ResourceVersion(0))
        #expect(!store.isFilled)
        store.endFill(resourceVersion: ResourceVersion(9))
        #expect(store.resourceVersion == ResourceVersion(9))
        #expect(store.isFilled)
        #expect(log.take() == ["+a@5i"])
        store.put(Thing("b", version: 10))
        #expect(log.take() == ["+b@10"])
    }

    @Test func aRelistChangesOnlyWhatDiffersAndSweepsWhatIsGone() {
        fill([Thing("same", version: 1), Thing("changed", version: 2), Thing("gone", version: 3)], version: 3)
        _ = log.take()
        fill([Thing("same", version: 1), Thing("changed", version: 7), Thing("new", version: 8)], version: 8)
        #expect(log.take() == ["~changed@2-7", "+new@8", "-gone@3"])
        #expect(Set(store.all().map(\.key.name)) == ["same", "changed", "new"])
    }

    @Test func aFillThatIsBegunAgainSweepsByTheLastOne() {
        fill([Thing("a", version: 1), Thing("b", version: 2)], version: 2)
        _ = log.take()
        store.beginFill()
        store.put(Thing("a", version: 1))
        store.beginFill()
        store.put(Thing("b", version: 2))
        store.endFill(resourceVersion: ResourceVersion(4))
        #expect(log.take() == ["-a@1"])
    }

    @Test func anObjectThatCouldNotBeReadIsNotSwept() {
        fill([Thing("odd", version: 1), Thing("gone", version: 2)], version: 2)
        _ = log.take()
        store.beginFill()
        store.keep(ObjectKey(namespace: "test", name: "odd"))
        store.endFill(resourceVersion: ResourceVersion(5))
        #expect(log.take() == ["-gone@2"])
        #expect(store.count == 1)
    }

    @Test func recreationUnderOneNameIsADeletionAndAnAddition() {
        fill([Thing("a", uid: "old", version: 1, color: "red")], version: 1)
        _ = log.take()
        store.put(Thing("a", uid: "new", version: 4, color: "blue"))
        #expect(log.take() == ["-a@1", "+a@4"])
        #expect(store.byIndex("color", value: "red").isEmpty)
        #expect(store.byIndex("color", value: "blue").map(\.key.name) == ["a"])
    }

    @Test func aLateDeletionOfAnOldIncarnationSparesTheNewOne() {
        fill([Thing("a", uid: "new", version: 9)], version: 9)
        _ = log.take()
        store.delete(Thing("a", uid: "old", version: 8))
        #expect(log.take() == [])
        #expect(store.count == 1)
        store.delete(Thing("a", uid: "new", version: 10))
        #expect(log.take() == ["-a@9"])
        store.delete(Thing("a", uid: "new", version: 10))
        #expect(log.take() == [])
    }

    @Test func aKnownStateIsNotToldAgain() {
        fill([Thing("a", version: 1)], version: 1)
        _ = log.take()
        store.put(Thing("a", version: 1))
        #expect(log.take() == [])
    }

    @Test func indexesFollowChanges() {
        fill([Thing("a", version: 1, color: "red"), Thing("b", version: 2, color: "red")], version: 2)
        #expect(store.keys(index: "color", value: "red").count == 2)
        store.put(Thing("a", version: 3, color: "blue"))
        #expect(store.keys(index: "color", value: "red").map(\.name) == ["b"])
        #expect(store.keys(index: "color", value: "blue").map(\.name) == ["a"])
        store.delete(Thing("b", version: 4))
        #expect(store.keys(index: "color", value: "red").isEmpty)
        #expect(store.byIndex("namespace", value: "test").map(\.key.name) == ["a"])
    }

    @Test func aLateHandlerIsToldWhatIsThere() {
        fill([Thing("a", version: 1)], version: 1)
        let late = Log()
        store.onChange { late.note($0) }
        #expect(late.take() == ["+a@1i"])
        store.put(Thing("b", version: 2))
        #expect(late.take() == ["+b@2"])
    }

    @Test func aHandlerMayReadTheStoreAndSeesTheChange() {
        let counts = Locked<[Int]>([])
        store.onChange { [store] _ in counts.change { $0.append(store.count) } }
        fill([Thing("a", version: 1), Thing("b", version: 2)], version: 2)
        store.delete(Thing("a", version: 3))
        #expect(counts.value == [1, 2, 1])
    }

    @Test func progressNeverGoesBackButForANewList() {
        fill([], version: 10)
        store.advance(to: ResourceVersion(8))
        #expect(store.resourceVersion == ResourceVersion(10))
        store.advance(to: ResourceVersion(12))
        #expect(store.resourceVersion == ResourceVersion(12))
        fill([], version: 3)
        #expect(store.resourceVersion == ResourceVersion(3))
    }

    @Test func waitingForAVersionEndsWhenItIsSeen() async {
        async let isSeen = store.waitUntilSeen(ResourceVersion(7), deadline: nil)
        fill([], version: 6)
        store.advance(to: ResourceVersion(7))
        #expect(await isSeen)
        #expect(await store.waitUntilSeen(ResourceVersion(7), deadline: nil))
    }

    @Test func waitingForAVersionEndsAtTheDeadline() async {
        let time = VirtualTime()
        let waiting = Task { [store, source = time.source] in
            await store.waitUntilSeen(ResourceVersion(7), deadline: at(.seconds(5)), time: source)
        }
        #expect(await time.hasSleepers(1))
        time.advance(by: .seconds(5))
        #expect(await waiting.value == false)
    }

    @Test func waitingForAVersionEndsWhenCancelled() async {
        let waiting = Task { [store] in await store.waitUntilSeen(ResourceVersion(7), deadline: nil) }
        waiting.cancel()
        #expect(await waiting.value == false)
    }

    @Test(arguments: 0..<20) func replayedEventsGiveWhatAListGives(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var truth: [String: Thing] = [:]
        let told = Locked<[ObjectKey: Thing]>([:])
        store.onChange { change in
            told.change { told in
                switch change {
                case .added(let new, _):
                    #expect(told.updateValue(new, forKey: new.key) == nil)
                case .updated(let old, let new):
                    #expect(told.updateValue(new, forKey: new.key) == old)
                case .deleted(let old):
                    #expect(told.removeValue(forKey: old.key)?.uid == old.uid)
                }
            }
        }
        for version in 1...500 as ClosedRange<UInt64> {
            let name = "n\(Int.random(in: 0..<8, using: &random))"
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                fill(truth.values.shuffled(using: &random), version: version)
            case 1, 2:
                guard var gone = truth.removeValue(forKey: name) else { continue }
                gone.resourceVersion = ResourceVersion(version)
                // Some deletions are missed, as when a watch was broken; the next list brings them.
                if Bool.random(using: &random) { store.delete(gone) }
            default:
                let uid = truth[name]?.uid ?? UID("u\(version)")
                let thing = Thing(name, uid: uid.description, version: version, color: "c\(version % 3)")
                truth[name] = thing
                if Int.random(in: 0..<4, using: &random) > 0 { store.put(thing) }
            }
        }
        fill(Array(truth.values), version: 1000)
        #expect(Set(store.all()) == Set(truth.values))
        #expect(Set(told.value.values) == Set(truth.values))
        for color in ["c0", "c1", "c2"] {
            #expect(Set(store.byIndex("color", value: color)) == Set(truth.values.filter { $0.color == color }))
        }
    }
}

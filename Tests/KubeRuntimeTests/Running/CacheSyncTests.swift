import Logging
import Testing

@testable import KubeRuntime

struct CacheSyncTests {
    private let time = VirtualTime()

    /// Waits for kinds in the background.
    private func wait(_ kinds: [(FakeKind, isRequired: Bool)]) -> (task: Task<Bool, Never>, isDone: Locked<Bool>) {
        let sync = CacheSync(
            kinds: kinds.map { RuntimeKind(reflector: $0.0, isRequired: $0.isRequired) },
            options: RuntimeOptions(),
            time: time.source,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let isDone = Locked(false)
        let task = Task {
            let result = await sync.wait()
            isDone.change { $0 = true }
            return result
        }
        return (task, isDone)
    }

    @Test func itEndsWhenEveryRequiredKindHasObjects() async {
        let pods = FakeKind("pods", .connecting)
        let services = FakeKind("services", .notInstalled)
        let waiting = wait([(pods, true), (services, true)])
        services.enter(.synced)
        #expect(await time.hasSleepers(1))
        #expect(!waiting.isDone.value)
        pods.enter(.syncing)
        pods.enter(.synced)
        #expect(await waiting.task.value)
    }

    @Test func aRequiredKindIsWaitedForWithoutEnd() async {
        let pods = FakeKind("pods", .forbidden)
        let waiting = wait([(pods, true)])
        for _ in 0..<5 {
            #expect(await time.hasSleepers(1))
            time.advance(by: .seconds(30))
        }
        #expect(!waiting.isDone.value)
        pods.enter(.synced)
        #expect(await waiting.task.value)
    }

    @Test(arguments: [KindState.Phase.forbidden, .notInstalled, .stalled])
    func anOptionalKindThatWillNotComeIsNotWaitedFor(phase: KindState.Phase) async {
        #expect(await wait([(FakeKind("pods", .synced), true), (FakeKind("odd", phase), false)]).task.value)
    }

    @Test func anOptionalKindThatIsSlowIsWaitedForTenSeconds() async {
        let waiting = wait([(FakeKind("odd", .connecting), false), (FakeKind("even", .syncing), false)])
        #expect(await time.hasSleepers(1))
        time.advance(by: .milliseconds(9999))
        #expect(!waiting.isDone.value)
        time.advance(by: .milliseconds(1))
        #expect(await waiting.task.value)
    }

    @Test func cancellingEndsTheWait() async {
        let waiting = wait([(FakeKind("pods", .connecting), true)])
        waiting.task.cancel()
        #expect(await waiting.task.value == false)
    }
}

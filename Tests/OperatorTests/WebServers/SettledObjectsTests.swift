import KubeModel
import Testing

@testable import Operator

struct SettledObjectsTests {
    private let settled = SettledObjects()
    private let key = ObjectKey(namespace: "a", name: "web")
    private let deployment = APIResource.deployments.groupKind
    private let service = APIResource.services.groupKind

    private func digest(_ kind: GroupKind, at version: UInt64) -> String? {
        settled.digest(of: kind, key, at: ResourceVersion(version))
    }

    @Test func anIntentIsSettledAtTheVersionThatItsApplyLedToAlone() {
        settled.settle(deployment, key, at: ResourceVersion(7), digest: "d")
        #expect(digest(deployment, at: 7) == "d")
        #expect(digest(service, at: 7) == nil)
        #expect(digest(deployment, at: 8) == nil)
        // Versions do not come back.
        #expect(digest(deployment, at: 7) == nil)
    }

    @Test func nothingIsLeftOfAWebServerThatIsGone() {
        settled.settle(deployment, key, at: ResourceVersion(7), digest: "d")
        settled.settle(service, key, at: ResourceVersion(8), digest: "s")
        settled.remove(key)
        #expect(digest(deployment, at: 7) == nil)
        #expect(digest(service, at: 8) == nil)
    }
}

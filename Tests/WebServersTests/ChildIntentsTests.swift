import KubeApply
import KubeModel
import SwiftletAPI
import Testing
import WebServers

struct ChildIntentsTests {
    private static let now = Timestamp(secondsSinceEpoch: 50)

    private static func webServer() -> WebServer {
        Samples.webServer {
            $0.persistentVolumeClaim = VolumeSection(name: "data", mountPath: "/data")
            $0.configFrom = [ConfigSource(configMap: ConfigReference(name: "c"), mountPath: "/etc/c")]
        }
    }

    private static func observation() -> WebServerObservation {
        var observation = WebServerObservation()
        observation.claim = ObservedClaim(phase: "Pending", accessModes: ["ReadWriteOnce"], storageClass: nil)
        observation.configDigests = [.configMap("c"): "1"]
        return observation
    }

    @Test func plansByEarlierIntentsAreThoseThatMakeTheirOwn() {
        let webServer = Self.webServer()
        let observation = Self.observation()
        let intents = ChildIntents(of: webServer, given: observation)
        let again = WebServerPlanner.plan(webServer, given: observation, intents: intents, now: Self.now)
        #expect(again == WebServerPlanner.plan(webServer, given: observation, now: Self.now))
        #expect(again.plan.actions.count == 2)
    }

    private enum Change: CaseIterable {
        case nothing, status, pods, phase, spec, identity, claim, configuration, served
    }

    /// What leads to other intents has to be seen, and what does not should not be.
    @Test(arguments: Change.allCases)
    private func theyAreCurrentUntilSomethingChangesThatTheyDependOn(change: Change) {
        var webServer = Self.webServer()
        var observation = Self.observation()
        let intents = ChildIntents(of: webServer, given: observation)
        let before = WebServerPlanner.plan(webServer, given: observation, now: Self.now).plan
        switch change {
        case .nothing: break
        case .status: webServer.status = WebServerStatus()
        case .pods: observation.pods = [ObservedPod(name: "web-1", isReady: true)]
        case .phase: observation.claim?.phase = "Bound"
        case .spec:
            webServer.spec.webServerImage = "other"
            webServer.metadata.generation += 1
        case .identity: webServer.metadata.uid = UID("99999999-2222-3333-4444-555555555555")
        case .claim: observation.claim?.accessModes = ["ReadWriteMany"]
        case .configuration: observation.configDigests = [:]
        case .served: observation.served.ingress = nil
        }
        let isSame = WebServerPlanner.plan(webServer, given: observation, now: Self.now).plan == before
        #expect(intents.areCurrent(for: webServer, given: observation) == (isSame && change != .served))
    }
}

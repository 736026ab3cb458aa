import JSON
import KubeModel
import KubeRuntime
import SwiftletAPI
import Testing

@testable import Operator

struct IngressHolderTests {
    private static let host: JSONValue = ["ingress": ["host": "phys.app"]]

    private static func holder(
        of name: String,
        among webServers: [JSONValue],
        ingresses: [JSONValue] = [],
        classes: [JSONValue] = []
    ) throws -> String? {
        let stores = try AdmissionSample.stores(webServers, ingresses: ingresses, classes: classes)
        let webServer = try #require(stores.webServers.get(ObjectKey(namespace: "shop", name: name)))
        return stores.ingressHolder(for: webServer)?.name
    }

    private static let old = AdmissionSample.webServer(host, name: "old", createdAt: 1)
    private static let young = AdmissionSample.webServer(host, name: "young", createdAt: 2)

    @Test func theFirstHasIt() throws {
        #expect(try Self.holder(of: "old", among: [Self.old, Self.young]) == nil)
        #expect(try Self.holder(of: "young", among: [Self.old, Self.young]) == "old")
    }

    @Test func whoIsServedKeepsItAgainstAnOlderOneThatWasEditedOntoIt() throws {
        let ingresses = [AdmissionSample.ingress(of: "young", host: "phys.app")]
        #expect(try Self.holder(of: "old", among: [Self.old, Self.young], ingresses: ingresses) == "young")
        #expect(try Self.holder(of: "young", among: [Self.old, Self.young], ingresses: ingresses) == nil)
        // An Ingress at another place is none here.
        let elsewhere = [AdmissionSample.ingress(of: "young", host: "young.app")]
        #expect(try Self.holder(of: "old", among: [Self.old, Self.young], ingresses: elsewhere) == nil)
    }

    /// One controller for the inside and one for the outside, of which the latter is the default.
    @Test func whoIsServedIsLeftAloneWhileTheDefaultClassIsNotKnown() throws {
        let inside = AdmissionSample.webServer(
            ["ingress": ["host": "phys.app", "ingressClass": "internal"]],
            name: "inside",
            createdAt: 2
        )
        let all = [Self.old, inside]
        let both = ["old", "inside"].map { AdmissionSample.ingress(of: $0, host: "phys.app") }
        for name in ["old", "inside"] {
            #expect(try Self.holder(of: name, among: all, ingresses: both) == nil)
        }
        // What is not served yet waits until it is certain that it takes nothing from anybody.
        #expect(try Self.holder(of: "inside", among: all, ingresses: [both[0]]) == "old")
        func defaultClass(_ name: String) -> JSONValue {
            ["metadata": ["name": .string(name), "annotations": [.init(IngressClassObject.defaultAnnotation): "true"]]]
        }
        let outside = [defaultClass("external")]
        #expect(try Self.holder(of: "inside", among: all, ingresses: [both[0]], classes: outside) == nil)
        let same = [defaultClass("internal")]
        #expect(try Self.holder(of: "inside", among: all, ingresses: both, classes: same) == "old")
    }

    /// An Ingress of the name of somebody's WebServer is a claim only if that WebServer owns it.
    @Test func anIngressThatSomebodyElseMadeHoldsNothing() throws {
        var ingress = AdmissionSample.ingress(of: "young", host: "phys.app")
        ingress[path: "metadata", "ownerReferences"] = []
        #expect(try Self.holder(of: "old", among: [Self.old, Self.young], ingresses: [ingress]) == nil)
    }

    @Test(
        arguments: [
            ["ingress": ["host": "phys.app"], "paused": true],
            ["ingress": ["host": "phys.app"], "webServerImage": "no image"],
        ] as [JSONValue]
    )
    func oneThatIsNotServedHoldsNobodyUp(_ spec: JSONValue) throws {
        let idle = AdmissionSample.webServer(spec, name: "old", createdAt: 1)
        #expect(try Self.holder(of: "young", among: [idle, Self.young]) == nil)
    }
}

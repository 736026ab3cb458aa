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
        let both = [
            AdmissionSample.ingress(of: "old", host: "phys.app"),
            AdmissionSample.ingress(of: "inside", host: "phys.app", ingressClass: "internal"),
        ]
        for name in ["old", "inside"] {
            #expect(try Self.holder(of: name, among: all, ingresses: both) == nil)
        }
        // What is not served yet waits until it is certain that it takes nothing from anybody.
        #expect(try Self.holder(of: "inside", among: all, ingresses: [both[0]]) == "old")
        func classes(default name: String) -> [JSONValue] {
            ["internal", "external"].map {
                AdmissionSample.ingressClass($0, controller: "example.com/\($0)", isDefault: $0 == name)
            }
        }
        let outside = classes(default: "external")
        #expect(try Self.holder(of: "inside", among: all, ingresses: [both[0]], classes: outside) == nil)
        let same = classes(default: "internal")
        #expect(try Self.holder(of: "inside", among: all, ingresses: both, classes: same) == "old")
    }

    /// Two classes of one controller: nothing new beside what is served, and nothing that is served is taken away.
    @Test func aSecondClassOfTheSameControllerTakesNothingFromWhoIsServed() throws {
        let classes = ["nginx", "nginx-too"].map {
            AdmissionSample.ingressClass($0, controller: "k8s.io/ingress-nginx")
        }
        func at(_ name: String, _ ingressClass: String, createdAt: Int64) -> JSONValue {
            let section: JSONValue = ["host": "phys.app", "ingressClass": .string(ingressClass)]
            return AdmissionSample.webServer(["ingress": section], name: name, createdAt: createdAt)
        }
        let all = [at("victim", "nginx", createdAt: 2), at("thief", "nginx-too", createdAt: 1)]
        let served = AdmissionSample.ingress(of: "victim", host: "phys.app", ingressClass: "nginx")
        #expect(try Self.holder(of: "thief", among: all, ingresses: [served], classes: classes) == "victim")
        #expect(try Self.holder(of: "victim", among: all, ingresses: [served], classes: classes) == nil)
        let both = [served, AdmissionSample.ingress(of: "thief", host: "phys.app", ingressClass: "nginx-too")]
        for name in ["victim", "thief"] {
            #expect(try Self.holder(of: name, among: all, ingresses: both, classes: classes) == nil)
        }
    }

    /// An older WebServer that has the host with another controller, and is then given the class of the one who has it here.
    @Test func whoIsServedKeepsItAgainstAnOlderOneThatWasGivenItsClass() throws {
        let classes = ["a", "b"].map { AdmissionSample.ingressClass($0, controller: "example.com/\($0)") }
        let section: JSONValue = ["ingress": ["host": "phys.app", "ingressClass": "a"]]
        let all = [
            AdmissionSample.webServer(section, name: "old", createdAt: 1),
            AdmissionSample.webServer(section, name: "young", createdAt: 2),
        ]
        let ingresses = [
            AdmissionSample.ingress(of: "old", host: "phys.app", ingressClass: "b"),
            AdmissionSample.ingress(of: "young", host: "phys.app", ingressClass: "a"),
        ]
        #expect(try Self.holder(of: "old", among: all, ingresses: ingresses, classes: classes) == "young")
        #expect(try Self.holder(of: "young", among: all, ingresses: ingresses, classes: classes) == nil)
    }

    /// Who has a wildcard is asked about hosts below it, and everybody below is looked at when it goes.
    @Test func hostsBelowAWildcardOfAnotherNamespaceWaitForIt() throws {
        let wildcard = AdmissionSample.webServer(
            ["ingress": ["host": "*.phys.app"]],
            name: "wildcard",
            namespace: "owner",
            createdAt: 1
        )
        let below = AdmissionSample.webServer(["ingress": ["host": "a.phys.app"]], name: "below", createdAt: 2)
        let beside = AdmissionSample.webServer(["ingress": ["host": "a.other.app"]], name: "beside", createdAt: 3)
        let stores = try AdmissionSample.stores([wildcard, below, beside])
        let all = Dictionary(uniqueKeysWithValues: stores.webServers.all().map { ($0.key.name, $0) })
        #expect(stores.ingressHolder(for: try #require(all["below"]))?.name == "wildcard")
        #expect(stores.ingressHolder(for: try #require(all["wildcard"])) == nil)
        #expect(stores.ingressHolder(for: try #require(all["beside"])) == nil)
        #expect(stores.sharersOfPlace(with: all["wildcard"]).map(\.name) == ["below"])
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

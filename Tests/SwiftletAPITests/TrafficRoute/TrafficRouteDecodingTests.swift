import JSON
import KubeModel
import Testing
import YAML

@testable import SwiftletAPI

struct TrafficRouteDecodingTests {
    private static func sample(_ name: String) throws -> JSONValue {
        let text = try Repository.text(of: "manifests/samples/\(name).yaml")
        return try #require(try YAML.documents(Array(text.utf8), source: name).first?.value)
    }

    /// The tutorial's, which even has a namespace that a cluster-scoped object cannot have.
    @Test func `The canary is accepted as it is`() throws {
        let (route, errors) = try TrafficRoute.check(Self.sample("canary-trafficroute"))
        #expect(errors.isEmpty, "\(errors)")
        let read = try #require(route)
        #expect(read.key == ObjectKey(namespace: "", name: "route-1"))
        #expect(read.mesh == "default")
        #expect(read.spec.sources.map(\.match) == [["kuma.io/service": "magnanimo_kong-mesh-app_svc_4000"]])
        let benigno = "benigno_kong-mesh-app_svc_5000"
        #expect(read.spec.destinations.map(\.match) == [["kuma.io/service": benigno]])
        #expect(
            read.spec.conf?.split == [
                TrafficRouteSplit(weight: 90, destination: ["kuma.io/service": benigno, "version": "v1"]),
                TrafficRouteSplit(weight: 10, destination: ["kuma.io/service": benigno, "version": "v2"]),
            ]
        )
    }

    @Test func `A route with everything is accepted and read whole`() throws {
        let (route, errors) = try TrafficRoute.check(Self.sample("trafficroute-full"))
        #expect(errors.isEmpty, "\(errors)")
        let conf = try #require(route?.spec.conf)
        #expect(conf.loadBalancer?.ringHash?.maxRingSize == 65536)
        #expect(conf.http.count == 2)
        #expect(conf.http.first?.match?.headers?["x-client"]?.regex == "^(beta|canary)-[0-9]+$")
        #expect(conf.http.first?.modify?.requestHeaders?.add.first?.append == true)
        #expect(conf.http.first?.modify?.responseHeaders?.add.first?.append == false)
        #expect(conf.http.first?.modify?.requestHeaders?.remove == [HeaderRemoval(name: "x-debug")])
        #expect(conf.http.last?.split?.count == 2)
    }

    @Test(arguments: [
        ("", "default"), (#""mesh":"","#, "default"), (#""mesh":null,"#, "default"), (#""mesh":"a","#, "a"),
    ])
    func `The mesh is the default one if none is named`(_ member: String, _ expected: String) throws {
        let route = try TrafficRoute(JSONValue(parsing: #"{\#(member)"metadata":{"name":"a"},"spec":{}}"#))
        #expect(route.mesh == expected)
        #expect(route.unreadable == nil)
    }

    /// Stored objects may be older than the schema.
    @Test(arguments: [
        (
            #"{"metadata":{"name":"a"},"spec":{"conf":{"split":[{"weight":"many"}]}}}"#,
            "spec.conf.split[0].weight: expected integer, found string"
        ),
        (#"{"metadata":{"name":"a"},"spec":[]}"#, "spec: expected object, found array"),
        (#"{"metadata":{"name":"a"},"mesh":1,"spec":{}}"#, "mesh: expected string, found integer"),
    ])
    func `An object that cannot be read is there to be reported`(_ text: String, _ expected: String) throws {
        let route = try TrafficRoute(JSONValue(parsing: text))
        #expect(route.key.name == "a")
        #expect(route.validate().map(\.description) == [expected])
    }

    @Test(arguments: [
        #"{"metadata":{"name":"a"}}"#, #"{"metadata":{"name":"a"},"spec":{}}"#,
        #"{"metadata":{"name":"a"},"spec":{"conf":{"split":[{}],"destination":{},"http":[{}],"loadBalancer":{}}}}"#,
        #"{"metadata":{"name":"a"},"spec":{"sources":[{}],"destinations":[{"match":null}],"conf":{"split":[{"weight":-1}]}}}"#,
        #"{"metadata":{"name":"a"},"spec":{"ofTheFuture":1},"status":"broken"}"#,
    ])
    func `What does not validate is read all the same`(_ text: String) throws {
        let route = try TrafficRoute(JSONValue(parsing: text))
        #expect(route.unreadable == nil)
        #expect(route.validate().hasErrors)
    }

    @Test func `A status comes back as it was written`() throws {
        var status = ProgrammingStatus()
        status.observedGeneration = 3
        status.proxies = ProxyCounts(acked: 5, pending: 2, rejected: 1)
        status.conditions = [
            Condition(
                type: "Accepted",
                status: .yes,
                reason: "Accepted",
                message: "",
                observedGeneration: 3,
                lastTransitionTime: Timestamp(secondsSinceEpoch: 1_000)
            )
        ]
        var object: JSONValue = ["metadata": ["name": "a"], "spec": [:]]
        object["status"] = try status.json()
        #expect(object[path: "status", "proxies"] == ["total": 8, "acked": 5, "pending": 2, "rejected": 1])
        #expect(try TrafficRoute(object).status == status)
    }
}

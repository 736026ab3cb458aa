import Dataplanes
import EnvoyAPI
import EnvoyConfig
import JSON
import Testing
import TrafficPolicy

/// Headless Services: each pod is an address.
struct InstanceTests {
    private func headless(_ name: String, _ trafficProtocol: TrafficProtocol = .tcp) -> MeshService {
        MeshService(
            name: name,
            mesh: "default",
            trafficProtocol: trafficProtocol,
            addresses: [1, 2].map { ServiceAddress(address: "10.2.0.\($0)", port: 8080, instance: "db-\($0)") },
            endpoints: [1, 2].map { index in
                Endpoint(
                    address: "10.2.0.\(index)",
                    port: 8080,
                    tags: [TagName.service: name, TagName.instance: "db-\(index)"]
                )
            }
        )
    }

    @Test(arguments: [TrafficProtocol.tcp, .grpc])
    func eachPodHasAListenerAndACluster(trafficProtocol: TrafficProtocol) throws {
        let snapshot = try Samples.snapshot(
            [headless("db", trafficProtocol)],
            [
                "db": ServiceRoute(
                    origin: "r",
                    split: [
                        Samples.destination("db", version: "v9")
                    ]
                )
            ]
        )
        let cluster = Tags([TagName.service: "db", TagName.instance: "db-2"]).clusterName
        #expect(
            try snapshot.json(.listener, "outbound:10.2.0.2:8080").encodedText().contains(#""cluster":"\#(cluster)""#)
        )
        let endpoints = try snapshot.json(.endpoint, cluster).encodedText()
        #expect(endpoints.contains("10.2.0.2") && !endpoints.contains("10.2.0.1"))
        #expect(snapshot.names(of: .cluster).contains("db"))
    }

    @Test func aPodHasNoListenerForItself() throws {
        let dataplane = Samples.dataplane(
            address: "10.2.0.1",
            Inbound(port: 8080, tags: [TagName.service: "db"], state: .ready)
        )
        let names = try Samples.snapshot([headless("db")], [:], dataplane).names(of: .listener)
        #expect(names.contains("inbound:10.2.0.1:8080") && names.contains("outbound:10.2.0.2:8080"))
        #expect(!names.contains("outbound:10.2.0.1:8080"))
    }

    @Test func anAddressOfTwoServicesIsTheFirstOnes() throws {
        var compiler = MeshCompiler(settings: MeshSettings(mesh: "default"))
        func owner() throws -> String? {
            let snapshot = try #require(compiler.snapshot(of: Samples.key))
            let text = try snapshot.json(.listener, "outbound:10.2.0.1:8080").encodedText()
            return ["a", "b"].first { text.contains(#""kuma.io/service":"\#($0)""#) }
        }
        _ = try compiler.apply(
            MeshChange(services: ["b": headless("b")], dataplanes: [Samples.key: Samples.dataplane()])
        )
        #expect(try owner() == "b")
        _ = try compiler.apply(MeshChange(services: ["a": headless("a")]))
        #expect(try owner() == "a")
        _ = try compiler.apply(MeshChange(services: ["a": nil]))
        #expect(try owner() == "b")
    }
}

import JSON
import KubeModel
import Testing

@testable import Dataplanes

@Suite struct MeshServiceTests {
    private static func dataplane(
        _ name: String,
        _ address: String,
        mesh: String = "default",
        isReady: Bool = true,
        of service: KubeService
    ) throws -> Dataplane {
        let pod = try Sample.pod {
            $0.name = name
            $0.address = address
            $0.labels = ["app": "web", "kuma.io/mesh": mesh]
            $0.ready = [("kuma-sidecar", isReady)]
        }
        return try #require(
            PodConversion(of: pod, services: [service], options: DataplaneOptions()).dataplane
        )
    }

    @Test func aServiceIsOneDestinationPerPort() throws {
        let service = try Sample.service(
            ports: [
                ["port": 80, "targetPort": 8080, "appProtocol": "http"], ["port": 90, "targetPort": 9090],
                ["port": 53, "protocol": "UDP"],
            ],
            clusterIPs: ["10.0.0.1", "fd00::1"]
        )
        let dataplanes = [
            try Self.dataplane("b", "10.1.0.2", of: service), try Self.dataplane("a", "10.1.0.1", of: service),
            try Self.dataplane("c", "10.1.0.3", isReady: false, of: service),
        ]
        let services = MeshService.destinations(of: service, dataplanes: dataplanes)
        #expect(Set(services.keys.map(\.description)) == ["default/web_shop_svc_80", "default/web_shop_svc_90"])
        let web = try #require(services[ServiceID(mesh: "default", name: "web_shop_svc_80")])
        #expect(web.trafficProtocol == .http)
        #expect(
            web.addresses == [
                ServiceAddress(address: "10.0.0.1", port: 80), ServiceAddress(address: "fd00::1", port: 80),
            ]
        )
        #expect(web.endpoints.map(\.address) == ["10.1.0.1", "10.1.0.2"])
        #expect(web.endpoints.map(\.port) == [8080, 8080])
        #expect(web.endpoints[0].tags["app"] == "web")
        #expect(services == MeshService.destinations(of: service, dataplanes: dataplanes.reversed()))
    }

    @Test func eachPodOfAHeadlessServiceHasAnAddress() throws {
        let service = try Sample.service(clusterIPs: ["None"])
        let dataplanes = [
            try Self.dataplane("db-1", "10.1.0.2", of: service), try Self.dataplane("db-0", "10.1.0.1", of: service),
            try Self.dataplane("db-2", "10.1.0.3", isReady: false, of: service),
        ]
        let services = MeshService.destinations(of: service, dataplanes: dataplanes)
        #expect(
            services.values.first?.addresses == [
                ServiceAddress(address: "10.1.0.1", port: 8080, instance: "db-0"),
                ServiceAddress(address: "10.1.0.2", port: 8080, instance: "db-1"),
            ]
        )
    }

    @Test func aServiceStaysADestinationWhileNoneIsReady() throws {
        let service = try Sample.service()
        let services = MeshService.destinations(
            of: service,
            dataplanes: [try Self.dataplane("a", "10.1.0.1", isReady: false, of: service)]
        )
        #expect(services.values.map(\.endpoints) == [[]])
        #expect(services.values.map(\.addresses) == [[ServiceAddress(address: "10.0.0.1", port: 80)]])
    }

    @Test func aServiceWithoutDataplanesIsNone() throws {
        let service = try Sample.service()
        #expect(MeshService.destinations(of: service, dataplanes: []).isEmpty)
        let other = try Self.dataplane("a", "10.1.0.1", of: try Sample.service("other"))
        #expect(MeshService.destinations(of: service, dataplanes: [other]).isEmpty)
        var ignored = try Self.dataplane("a", "10.1.0.1", of: service)
        ignored.inbounds[0].state = .ignored
        #expect(MeshService.destinations(of: service, dataplanes: [ignored]).isEmpty)
    }

    @Test func everyMeshHasItsOwnEndpoints() throws {
        let service = try Sample.service()
        let services = MeshService.destinations(
            of: service,
            dataplanes: [
                try Self.dataplane("a", "10.1.0.1", of: service),
                try Self.dataplane("b", "10.1.0.2", mesh: "other", of: service),
            ]
        )
        #expect(services[ServiceID(mesh: "default", name: "web_shop_svc_80")]?.endpoints.map(\.address) == ["10.1.0.1"])
        #expect(services[ServiceID(mesh: "other", name: "web_shop_svc_80")]?.endpoints.map(\.address) == ["10.1.0.2"])
    }

    @Test func twoPodsOfOneAddressAreOneEndpoint() throws {
        let service = try Sample.service()
        let dataplanes = [
            try Self.dataplane("b", "10.1.0.1", of: service), try Self.dataplane("a", "10.1.0.1", of: service),
        ]
        let services = MeshService.destinations(of: service, dataplanes: dataplanes)
        #expect(services.values.map(\.endpoints.count) == [1])
    }
}

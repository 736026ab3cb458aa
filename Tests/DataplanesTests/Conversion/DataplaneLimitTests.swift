import JSON
import KubeModel
import Testing

@testable import Dataplanes

/// What a tenant may make of many Services, ports and labels.
@Suite struct DataplaneLimitTests {
    private static func service(_ number: Int, ports: Int) throws -> KubeService {
        try Sample.service(
            "web-\(1000 + number)",
            ports: (1...ports).map { ["port": .int(Int64($0)), "targetPort": .string("p\($0)")] }
        )
    }

    private static func pod(ports: Int, labels: Int = 0) throws -> Pod {
        try Sample.pod { shape in
            shape.labels = Dictionary((0..<labels).map { ("l\($0)", "v") }, uniquingKeysWith: { $1 })
            shape.labels["app"] = "web"
            // Below the ports of a sidecar.
            shape.ports = ports == 0 ? [] : (1...ports).map { ("web", Int64($0), "p\($0)", "TCP") }
        }
    }

    private static func convert(_ pod: Pod, _ services: [KubeService]) -> PodConversion {
        PodConversion(of: pod, services: services, options: DataplaneOptions())
    }

    @Test func inboundsOfAPodAreBounded() throws {
        let services = try (0..<5).map { try Self.service($0, ports: 300) }
        let conversion = Self.convert(try Self.pod(ports: 300), services.reversed())
        let inbounds = try #require(conversion.dataplane?.inbounds)
        #expect(inbounds.count == DataplaneLimits.inbounds)
        // The first, in order.
        #expect(inbounds.last?.service == "web-1003_shop_svc_124")
        #expect(conversion.problems == [.tooManyInbounds(service: "web-1003")])
        #expect(conversion.problems.first?.description.hasPrefix("Service web-1003: the pod has more than") == true)
    }

    @Test func portsThatAreNotThereAreToldSoOften() throws {
        let services = try (0..<5).map { try Self.service($0, ports: 300) }
        let conversion = Self.convert(try Self.pod(ports: 0), services)
        #expect(conversion.problems.count == DataplaneLimits.inbounds + 1)
        #expect(conversion.problems.last == .tooManyInbounds(service: "web-1003"))
    }

    @Test func tagsOfAPodAreBounded() throws {
        let conversion = Self.convert(try Self.pod(ports: 300, labels: 400), [try Self.service(0, ports: 300)])
        let inbounds = try #require(conversion.dataplane?.inbounds)
        #expect((70..<100).contains(inbounds.count))
        #expect(conversion.problems == [.tooManyInbounds(service: "web-1000")])
    }

    /// Each port of a Service is looked up, and each label of a selector, however many the pod has.
    @Test func manyPortsCostTheirNumber() throws {
        let ports = 6000
        let pod = try Self.pod(ports: 0)
        let declared = try Sample.pod { shape in
            shape.labels = pod.labels.dictionary
            shape.ports = (1...ports).map { ("web", Int64(16_000 + $0), "p\($0)", "TCP") }
        }
        let service = try Sample.service(
            "web",
            ports: (1...ports).map { ["port": .int(Int64($0)), "targetPort": .string("p\($0)")] }
        )
        #expect(Self.convert(declared, [service]).dataplane?.inbounds.count == DataplaneLimits.inbounds)
        let labels = Dictionary((0..<4000).map { ("label-\($0)", "v") }, uniquingKeysWith: { $1 })
        let labelled = try Sample.pod { $0.labels = labels }
        let selecting = try Sample.service(selector: labels)
        #expect(selecting.selects(labelled))
        #expect(try !Sample.service(selector: labels.merging(["more": "x"]) { $1 }).selects(labelled))
    }

    /// Of the inbounds of a pod only those of the Service are looked at, wherever they stand.
    @Test func aServiceFindsItsOwnInbounds() throws {
        let services = try (0..<20).map { try Self.service($0, ports: 3) }
        let dataplane = try #require(Self.convert(try Self.pod(ports: 3), services).dataplane)
        #expect(dataplane.inbounds.count == 60)
        for service in services {
            let own = dataplane.inbounds(of: service.name)
            #expect(own.map(\.service) == (1...3).map { "\(service.name)_shop_svc_\($0)" })
            #expect(MeshService.destinations(of: service, dataplanes: [dataplane]).count == 3)
        }
        #expect(dataplane.inbounds(of: "web").isEmpty && dataplane.inbounds(of: "zzz").isEmpty)
        #expect(dataplane.inbounds(of: "").isEmpty)
    }
}

import JSON
import KubeModel
import Testing

@testable import Dataplanes

/// A change costs what it touches: 1,000 Services with 2 pods each in one namespace, the worst for an index that is kept by namespace.
@Suite struct MeshIndexWorkTests {
    private static let count = 1000

    private static func pod(_ service: Int, _ replica: Int, isReady: Bool = true) throws -> Pod {
        try Sample.pod {
            $0.name = "web-\(service)-\(replica)"
            $0.labels = ["app": "web-\(service)", "team": "all", "version": "v1"]
            $0.address = "10.\(replica).\(service / 250).\(service % 250)"
            $0.node = "node-\(service % 10)"
            $0.ready = [("kuma-sidecar", isReady)]
        }
    }

    private static func service(_ number: Int, port: Int64 = 80) throws -> KubeService {
        try Sample.service(
            "web-\(number)",
            selector: ["app": "web-\(number)", "team": "all"],
            ports: [["port": .int(port), "targetPort": 8080]],
            clusterIPs: ["10.100.\(number / 250).\(number % 250)"]
        )
    }

    private static func filled(servicesFirst: Bool = false) throws -> MeshIndex {
        var index = MeshIndex()
        index.put(try Sample.namespace())
        if servicesFirst { for number in 0..<count { index.put(try service(number)) } }
        for number in 0..<count { for replica in 0..<2 { index.put(try pod(number, replica)) } }
        if !servicesFirst { for number in 0..<count { index.put(try service(number)) } }
        return index
    }

    private static func cost(_ index: inout MeshIndex, _ change: (inout MeshIndex) throws -> Void) rethrows -> (
        MeshWork, MeshChanges
    ) {
        let before = index.work
        try change(&index)
        let changes = index.takeChanges()
        let after = index.work
        return (
            MeshWork(
                conversions: after.conversions - before.conversions,
                selections: after.selections - before.selections,
                services: after.services - before.services
            ), changes
        )
    }

    @Test(arguments: [false, true])
    func fillingTouchesEveryPairOnce(servicesFirst: Bool) throws {
        var index = try Self.filled(servicesFirst: servicesFirst)
        let changes = index.takeChanges()
        #expect(changes.dataplanes.count == 2 * Self.count && changes.services.count == Self.count)
        #expect(index.work.conversions == 2 * Self.count)
        #expect(index.work.services == Self.count)
        // Each Service is found by its own label, whatever other labels it selects by; but for the first, when no label was taken yet.
        #expect(index.work.selections <= 8 * Self.count)
    }

    @Test func aPodCostsItsServicesAlone() throws {
        var index = try Self.filled()
        _ = index.takeChanges()
        let (work, changes) = try Self.cost(&index) { $0.put(try Self.pod(500, 1, isReady: false)) }
        #expect(work.conversions == 1 && work.services == 1 && work.selections <= 2)
        #expect(changes.dataplanes == [ObjectKey(namespace: "shop", name: "web-500-1"): .changed])
        #expect(changes.services == [ServiceID(mesh: "default", name: "web-500_shop_svc_80"): .changed])
        let (again, none) = try Self.cost(&index) { $0.put(try Self.pod(500, 1, isReady: false)) }
        #expect(none.isEmpty && again.services == 0)
    }

    @Test func aServiceCostsItsPodsAlone() throws {
        var index = try Self.filled()
        _ = index.takeChanges()
        let (work, changes) = try Self.cost(&index) { $0.put(try Self.service(500, port: 81)) }
        #expect(work.conversions == 2 && work.services == 1 && work.selections <= 6)
        #expect(changes.dataplanes.count == 2 && changes.services.count == 2)
        let (removal, gone) = Self.cost(&index) { $0.remove(service: ObjectKey(namespace: "shop", name: "web-500")) }
        #expect(removal.conversions == 2 && removal.services == 1)
        #expect(gone.services == [ServiceID(mesh: "default", name: "web-500_shop_svc_81"): .removed])
        let (return_, back) = try Self.cost(&index) { $0.put(try Self.service(500)) }
        #expect(return_.conversions == 2 && return_.services == 1 && return_.selections <= 6)
        #expect(back.services == [ServiceID(mesh: "default", name: "web-500_shop_svc_80"): .added])
    }

    @Test func whatDoesNotMatterCostsNothing() throws {
        var index = try Self.filled()
        _ = index.takeChanges()
        let (work, changes) = try Self.cost(&index) { index in
            index.put(try Sample.namespace(annotations: ["note": "x"]))
            index.put(try Self.service(3))
            index.put(node: "node-1", labels: ["kubernetes.io/arch": "amd64"])
            index.put(try Sample.pod { $0.annotations = [:] })
            index.remove(pod: ObjectKey(namespace: "nowhere", name: "none"))
        }
        #expect(changes.isEmpty && work == MeshWork())
    }

    @Test func aNodeAndANamespaceCostTheirPodsAlone() throws {
        var index = try Self.filled()
        index.put(try Sample.pod { $0.namespace = "other" })
        _ = index.takeChanges()
        let (node, changes) = Self.cost(&index) { $0.put(node: "node-3", labels: ["topology.kubernetes.io/zone": "a"]) }
        #expect(node.conversions == 200 && changes.dataplanes.count == 200)
        let (namespace, moved) = try Self.cost(&index) {
            $0.put(try Sample.namespace("other", labels: [MeshMarks.mesh: "two"]))
        }
        #expect(namespace.conversions == 1 && moved.dataplanes.count == 1)
    }

    @Test func podsOfAWorkloadShareWhatTheyHaveInCommon() throws {
        var index = try Self.filled()
        index.put(try Self.pod(8, 1, isReady: false))
        _ = index.takeChanges()
        func inbounds(_ service: Int, _ replica: Int) throws -> [Inbound] {
            let key = ObjectKey(namespace: "shop", name: "web-\(service)-\(replica)")
            return try #require(index.dataplane(key)).inbounds
        }
        func place(_ inbounds: [Inbound]) -> UnsafePointer<Inbound>? {
            inbounds.withUnsafeBufferPointer(\.baseAddress)
        }
        #expect(try place(inbounds(7, 0)) == place(inbounds(7, 1)))
        #expect(try inbounds(8, 0) != inbounds(8, 1))
        #expect(try inbounds(8, 0)[0].tags.sharesStorage(with: inbounds(8, 1)[0].tags))
    }
}

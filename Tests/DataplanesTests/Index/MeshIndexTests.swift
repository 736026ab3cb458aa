import JSON
import KubeModel
import Testing

@testable import Dataplanes

@Suite struct MeshIndexTests {
    private static let key = ObjectKey(namespace: "shop", name: "web-1")
    private static let web = ServiceID(mesh: "default", name: "web_shop_svc_80")

    private static func pod(_ change: (inout Sample.PodShape) -> Void = { _ in }) throws -> Pod {
        try Sample.pod {
            $0.labels = ["app": "web"]
            change(&$0)
        }
    }

    @Test func nothingIsKnownUntilChangesAreTaken() throws {
        var index = MeshIndex()
        index.put(try Self.pod())
        index.put(try Sample.service())
        #expect(index.dataplane(Self.key) == nil && index.service(Self.web) == nil)
        let changes = index.takeChanges()
        #expect(changes.dataplanes == [Self.key: .added] && changes.services == [Self.web: .added])
        #expect(index.dataplanes(mesh: "default").map(\.key) == [Self.key] && index.dataplanes(mesh: "two").isEmpty)
        #expect(index.services(mesh: "default").keys.sorted() == [Self.web.name])
        #expect(index.takeChanges().isEmpty)
    }

    @Test func whatCameAndWentIsNotTold() throws {
        var index = MeshIndex()
        index.put(try Self.pod())
        index.remove(pod: Self.key)
        #expect(index.takeChanges().isEmpty)
        index.put(try Self.pod())
        _ = index.takeChanges()
        index.remove(pod: Self.key)
        index.put(try Self.pod())
        #expect(index.takeChanges().isEmpty)
        index.remove(pod: Self.key)
        index.put(try Self.pod { $0.uid = "another" })
        #expect(index.takeChanges().dataplanes == [Self.key: .changed])
    }

    /// Changes may not be asked for for a long time.
    @Test func whatCameAndWentIsNotKeptUntilChangesAreTaken() throws {
        var index = MeshIndex()
        index.put(try Sample.namespace())
        index.put(try Self.pod())
        index.put(try Sample.service())
        index.put(try Self.pod { $0.labels = ["app": "other"] })
        index.remove(pod: Self.key)
        index.remove(service: ObjectKey(namespace: "shop", name: "web"))
        index.remove(namespace: "shop")
        #expect(index.isEmpty)
        #expect(index.takeChanges().isEmpty)
    }

    @Test func podsOfSlicesThatAreNotThereAreNotKept() throws {
        var index = MeshIndex()
        let slice: EndpointSlice = try Sample.read([
            "metadata": [
                "name": "web-1", "namespace": "shop", "labels": ["kubernetes.io/service-name": "web"],
            ],
            "endpoints": [["targetRef": ["kind": "Pod", "name": "web-1", "uid": "1"]]],
        ])
        index.put(slice)
        index.remove(slice: slice.key)
        #expect(index.isEmpty)
    }

    @Test func aPodThatLosesItsSidecarIsRemoved() throws {
        var index = MeshIndex()
        index.put(try Self.pod())
        index.put(try Sample.service())
        _ = index.takeChanges()
        index.put(try Self.pod { $0.annotations = [:] })
        let changes = index.takeChanges()
        #expect(changes.dataplanes == [Self.key: .removed] && changes.services == [Self.web: .removed])
    }

    @Test func aServiceCanBeIgnoredAndBack() throws {
        var index = MeshIndex()
        index.put(try Self.pod())
        let ignored = try Sample.service(annotations: [MeshMarks.ignore: "true"])
        index.put(ignored)
        #expect(index.takeChanges().services.isEmpty)
        index.put(try Sample.service())
        #expect(index.takeChanges().services == [Self.web: .added])
        index.put(ignored)
        #expect(index.takeChanges().services == [Self.web: .removed])
    }

    @Test func aNamespaceMovesItsPodsToAnotherMesh() throws {
        var index = MeshIndex()
        index.put(try Self.pod())
        index.put(try Sample.service())
        _ = index.takeChanges()
        index.put(try Sample.namespace(annotations: [MeshMarks.mesh: "two"]))
        let changes = index.takeChanges()
        let moved = ServiceID(mesh: "two", name: Self.web.name)
        #expect(changes.dataplanes == [Self.key: .changed])
        #expect(changes.services == [Self.web: .removed, moved: .added])
        index.remove(namespace: "shop")
        #expect(index.takeChanges().services == [Self.web: .added, moved: .removed])
    }

    @Test func aMeshThatIsNotThereHasNoDataplanes() throws {
        var index = MeshIndex()
        index.setMeshes([])
        index.put(try Self.pod())
        let changes = index.takeChanges()
        #expect(changes.dataplanes.isEmpty && changes.problems == [Self.key])
        #expect(index.problems(of: Self.key) == [.missingMesh(name: "default")])
        #expect(index.problems == [Self.key: [.missingMesh(name: "default")]])
        index.setMeshes(["default"])
        let after = index.takeChanges()
        #expect(after.dataplanes == [Self.key: .added] && after.problems == [Self.key])
        #expect(index.problems(of: Self.key).isEmpty)
    }

    @Test func endpointSlicesTellWhoIsBehindAServiceWithoutASelector() throws {
        var index = MeshIndex()
        index.put(try Self.pod())
        index.put(try Sample.service(selector: [:]))
        _ = index.takeChanges()
        #expect(index.dataplane(Self.key)?.inbounds.map(\.isServiceless) == [true])
        let slice: EndpointSlice = try Sample.read([
            "metadata": ["name": "s", "namespace": "shop", "labels": ["kubernetes.io/service-name": "web"]],
            "endpoints": [["targetRef": ["kind": "Pod", "name": "web-1", "uid": "uid-of-web-1"]]],
        ])
        index.put(slice)
        #expect(index.takeChanges().services == [Self.web: .added])
        #expect(index.dataplane(Self.key)?.inbounds.map(\.state) == [.ready])
        index.put(try Self.pod { $0.uid = "another" })
        #expect(index.takeChanges().services == [Self.web: .removed])
    }
}

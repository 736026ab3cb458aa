import Foundation
import JSON
import KubeModel
import Testing
import YAML

@testable import Dataplanes

/// What Kuma 2.14 makes of pods and Services, from a folder that is not part of this repository.
@Suite(Conformance.isThere) struct ConformanceTests {
    @Test(arguments: Conformance.sets)
    func dataplaneIsAsKumaMakesIt(set: String) throws {
        let expected = try #require(try Conformance.documents("\(set).dataplane.yaml").first)
        let pod: Pod = try Sample.read(try #require(try Conformance.documents("\(set).pod.yaml").first))
        let services: [KubeService] = try Conformance.documents("\(set).services-for-pod.yaml").map(Sample.read)
        #expect(services.allSatisfy { $0.selects(pod) })

        let conversion = PodConversion(of: pod, services: services, options: DataplaneOptions(zone: "zone-1"))
        let dataplane = try #require(conversion.dataplane)
        let manifest = dataplane.manifest
        #expect(manifest["mesh"] == expected["mesh"])
        #expect(
            manifest[path: "spec", "networking", "address"] == expected[path: "spec", "networking", "address"]
        )
        #expect(
            manifest[path: "spec", "networking", "inbound"] == expected[path: "spec", "networking", "inbound"]
        )
        let gateway = expected[path: "spec", "networking", "gateway"]
        #expect(manifest[path: "spec", "networking", "gateway"] == Conformance.withSetLabel(gateway, of: set))

        // The same by way of the index, which finds the Services by itself.
        var index = MeshIndex(options: DataplaneOptions(zone: "zone-1"))
        index.put(pod)
        for service in services { index.put(service) }
        for document in try Conformance.documents("\(set).other-services.yaml", isOptional: true) {
            index.put(try Sample.read(document) as KubeService)
        }
        #expect(index.takeChanges().dataplanes == [pod.key: .added])
        #expect(index.dataplane(pod.key) == dataplane)
    }
}

/// `SWIFTLET_CONFORMANCE` names a folder with a folder `dataplane`, in which `NN.pod.yaml` and others lie.
private enum Conformance {
    private static let root = ProcessInfo.processInfo.environment["SWIFTLET_CONFORMANCE"] ?? ""
    private static let folder = URL(filePath: root).appending(path: "dataplane")

    /// The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(
        if: !root.isEmpty,
        "needs Kuma's conformance data: set SWIFTLET_CONFORMANCE to the folder that has dataplane/NN.pod.yaml"
    )

    /// Named by what is before the dot; one that is not there when the folder is empty, so that an empty folder fails.
    static let sets: [String] = {
        guard !root.isEmpty else { return [] }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let suffix = ".pod.yaml"
        let sets = files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
        return sets.isEmpty ? ["no set in \(folder.path)"] : sets
    }()

    static func documents(_ name: String, isOptional: Bool = false) throws -> [JSONValue] {
        let file = folder.appending(path: name)
        if isOptional, !FileManager.default.fileExists(atPath: file.path) { return [] }
        return try YAML.documents(Array(Data(contentsOf: file)), source: name).map(\.value)
    }

    /// The data's pods bear a label `set` for Services to select them by, which was not there when Kuma computed the tags. The expected
    /// inbounds were completed with it, the expected gateways were not.
    static func withSetLabel(_ gateway: JSONValue?, of set: String) -> JSONValue? {
        guard var gateway else { return nil }
        gateway[path: "tags", "set"] = .string(set)
        return gateway
    }
}

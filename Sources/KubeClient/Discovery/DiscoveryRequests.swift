import JSON
import KubeModel

/// Asks a server what it serves, in the aggregated form where it has that, else group by group.
struct DiscoveryRequests: Sendable {
    private static let aggregated = ["v2", "v2beta1"].map {
        "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList"
    }
    private static let accept = (aggregated + ["application/json"]).joined(separator: ",")

    let client: KubeClient

    func servedResources() async throws(KubeError) -> ServedResources {
        let core = try await answer("/api")
        let groups = try await answer("/apis")
        var resources: [ServedResource] = []
        var failures: [ServedResources.Failure] = []
        var versions: [GroupVersion] = []
        for document in [core, groups] {
            let found = DiscoveryDocument(document)
            resources += found.resources
            failures += found.failures
            versions += found.versions
        }
        let lists = await withTaskGroup(of: (Int, Result<[ServedResource], KubeError>).self) { group in
            for (index, version) in versions.enumerated() {
                group.addTask { (index, await list(version)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, version) in versions.enumerated() {
            switch lists[index] {
            case .success(let found): resources += found
            case .failure(let error) where error.isCancelled: throw error
            case .failure(let error):
                failures.append(ServedResources.Failure(groupVersion: version, message: error.message))
            case nil: break
            }
        }
        return ServedResources(resources, failures: failures)
    }

    private func answer(_ path: String) async throws(KubeError) -> JSONValue {
        var request = KubeRequest(method: "GET", path: path, verb: "discover")
        request.accept = Self.accept
        return try await client.value(of: request)
    }

    private func list(_ version: GroupVersion) async -> Result<[ServedResource], KubeError> {
        let path = version.group.isEmpty ? "/api/\(version)" : "/apis/\(version)"
        let request = KubeRequest(method: "GET", path: path, verb: "discover", subject: version.description)
        do {
            return .success(DiscoveryDocument.resources(of: version, try await client.value(of: request)))
        } catch {
            return .failure(error)
        }
    }
}

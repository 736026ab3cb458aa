import JSON
import KubeModel

/// Finds out what a server serves, and remembers it.
///
/// Two requests where the server knows aggregated discovery, else one for each group version. A group version that cannot be described is
/// reported in ``ServedResources/failures`` and hides no other.
package actor Discovery {
    private let client: KubeClient
    private var known: ServedResources?
    private var version: ServerVersion?

    package init(client: KubeClient) {
        self.client = client
    }

    /// The server's version, asked for once.
    ///
    /// - Throws: ``KubeError``.
    package func serverVersion() async throws(KubeError) -> ServerVersion {
        if let version { return version }
        let found = ServerVersion(try await client.perform("GET", path: "/version"))
        version = found
        return found
    }

    /// What is served, as it was first asked for or last refreshed.
    ///
    /// - Throws: ``KubeError`` when the server cannot be asked at all.
    package func servedResources() async throws(KubeError) -> ServedResources {
        if let known { return known }
        return try await refresh()
    }

    /// Asks anew. Two callers at once both ask; the answers are equally good.
    ///
    /// - Throws: ``KubeError`` when the server cannot be asked at all; what was known before stays known.
    @discardableResult
    package func refresh() async throws(KubeError) -> ServedResources {
        let core = try await document("/api")
        let groups = try await document("/apis")
        let served: ServedResources
        if let coreKinds = DiscoveryDocuments.aggregated(core), let kinds = DiscoveryDocuments.aggregated(groups) {
            served = ServedResources(
                coreKinds.all + kinds.all,
                failures: coreKinds.failures.merging(kinds.failures) { first, _ in first }
            )
        } else {
            served = try await oneByOne(DiscoveryDocuments.groupVersions(core: core, groups: groups))
        }
        known = served
        return served
    }

    /// Where objects of a kind are found. A kind that was not served yet is asked for anew: it may have been registered since.
    ///
    /// - Throws: ``KubeError`` when the server cannot be asked at all.
    package func resource(for kind: GroupVersionKind) async throws(KubeError) -> APIResource? {
        if let resource = known?.resource(for: kind) { return resource }
        return try await refresh().resource(for: kind)
    }

    private func document(_ path: String) async throws(KubeError) -> JSONValue {
        var request = KubeRequest(method: "GET", path: path, verb: "discover")
        request.accept = DiscoveryDocuments.accept
        return try await client.value(of: request)
    }

    /// All at once: the transport bounds how many are under way.
    private func oneByOne(_ groupVersions: [GroupVersion]) async throws(KubeError) -> ServedResources {
        let client = client
        typealias Answer = (index: Int, result: Result<JSONValue, KubeError>)
        let answers = await withTaskGroup(of: Answer.self, returning: [Answer].self) { group in
            for (index, groupVersion) in groupVersions.enumerated() {
                group.addTask {
                    do throws(KubeError) {
                        return (index, .success(try await client.perform("GET", path: groupVersion.discoveryPath)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var answers: [Answer] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.index < $1.index }
        }
        var resources: [ServedResource] = []
        var failures: [GroupVersion: String] = [:]
        for (index, result) in answers {
            switch result {
            case .success(let document): resources += DiscoveryDocuments.resources(document, groupVersions[index])
            case .failure(let error) where error.isCancelled: throw error
            case .failure(let error): failures[groupVersions[index]] = error.message
            }
        }
        return ServedResources(resources, failures: failures)
    }
}

extension GroupVersion {
    fileprivate var discoveryPath: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
}

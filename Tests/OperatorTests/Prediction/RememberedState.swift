import KubeModel
import Synchronization
import WebServers

@testable import Operator

/// A cluster as it was when each of its objects was first asked for: predictions that are compared must see the same.
final class RememberedState: ClusterState {
    private struct Listing: Hashable {
        var resource: APIResource
        var namespace: String?
        var selector: LabelSelector
    }

    private let cluster: LiveState
    private let objects = Mutex<[ObjectIdentity: DynamicObject?]>([:])
    private let listings = Mutex<[Listing: [DynamicObject]?]>([:])

    init(_ cluster: LiveState) { self.cluster = cluster }

    func object(_ resource: APIResource, _ key: ObjectKey) async throws -> DynamicObject? {
        let identity = ObjectIdentity(groupKind: resource.groupKind, key: key)
        if let known = objects.withLock({ $0[identity] }) { return known }
        let object = try await cluster.object(resource, key)
        objects.withLock { $0[identity] = .some(object) }
        return object
    }

    func objects(
        _ resource: APIResource,
        namespace: String?,
        matching selector: LabelSelector
    ) async throws -> [DynamicObject]? {
        let listing = Listing(resource: resource, namespace: namespace, selector: selector)
        if let known = listings.withLock({ $0[listing] }) { return known }
        let found = try await cluster.objects(resource, namespace: namespace, matching: selector)
        listings.withLock { $0[listing] = .some(found) }
        return found
    }

    func servedKinds() async -> ServedKinds { await cluster.servedKinds() }
}

import Dataplanes
import EnvoyAPI
import TrafficPolicy

/// What is made once and used by many layers.
struct SharedResources: Sendable {
    private struct Identity: Hashable {
        var id: ResourceID
        var version: String
        var origin: ResourceOrigin?
    }

    private var all = WeakTable<Identity, EncodedResource>()
    private var outbounds = WeakTable<OutboundResources.Key, OutboundResources>()
    private var instances = WeakTable<InstanceListener, EncodedResource>()
    private var clusters = WeakTable<OutboundCluster, EncodedResource>()
    private var localClusters = WeakTable<LocalCluster, EncodedResource>()
    /// By service, so that those that an endpoint's change concerns are at hand.
    private var assignments: [String: WeakAssignments] = [:]
    /// How many services there may be before those are looked for whose assignments nobody holds any more.
    private var assignmentLimit = 64

    /// How many services have assignments, or had some.
    var countOfAssignedServices: Int { assignments.count }

    mutating func outbound(_ key: OutboundResources.Key) throws(EnvoyConfigError) -> OutboundResources {
        if let known = outbounds[key] { return known }
        let made = OutboundResources(try key.resources().map { intern($0) }, destinations: key.destinations)
        outbounds.insert(made, for: key)
        return made
    }

    mutating func instance(_ listener: InstanceListener) throws(EnvoyConfigError) -> EncodedResource {
        if let known = instances[listener] { return known }
        let made = intern(try listener.encoded())
        instances.insert(made, for: listener)
        return made
    }

    mutating func cluster(_ cluster: OutboundCluster) throws(EnvoyConfigError) -> EncodedResource {
        if let known = clusters[cluster] { return known }
        let made = intern(try cluster.encoded())
        clusters.insert(made, for: cluster)
        return made
    }

    mutating func localCluster(_ cluster: LocalCluster) throws(EnvoyConfigError) -> EncodedResource {
        if let known = localClusters[cluster] { return known }
        let made = intern(try cluster.encoded())
        localClusters.insert(made, for: cluster)
        return made
    }

    /// The one that is there already, if there is one that is the same: different causes may have the same effect.
    private mutating func intern(_ resource: EncodedResource) -> EncodedResource {
        let identity = Identity(
            id: ResourceID(type: resource.type, name: resource.name),
            version: resource.version,
            origin: resource.origin
        )
        if let known = all[identity] { return known }
        all.insert(resource, for: identity)
        return resource
    }

    mutating func assignment(of tags: Tags, _ services: [String: MeshService]) throws(EnvoyConfigError)
        -> EncodedResource
    {
        let service = tags.service
        if assignments[service] == nil, assignments.count >= assignmentLimit {
            // Not when a service goes: what is being replaced still holds its assignments then.
            assignments = assignments.compactMapValues { $0.compacted() }
            assignmentLimit = max(64, assignments.count * 2)
        }
        return try assignments[service, default: WeakAssignments()].value(for: tags, services[service])
    }

    /// To be called when the endpoints of a service changed.
    ///
    /// - Returns: The assignments in use that are not what they were.
    mutating func refreshAssignments(
        of service: String,
        _ services: [String: MeshService]
    ) throws(EnvoyConfigError) -> [EncodedResource] {
        guard var table = assignments.removeValue(forKey: service) else { return [] }
        let changed = try table.refresh(services[service])
        if !table.isEmpty { assignments[service] = table }
        return changed
    }
}

/// The assignments of one service that somebody uses.
private struct WeakAssignments: Sendable {
    private struct Reference: Sendable {
        weak var value: EncodedResource?
    }

    private var references: [Tags: Reference] = [:]

    var isEmpty: Bool { references.isEmpty }

    /// Without those that nobody uses; `nil` when nothing is left.
    func compacted() -> WeakAssignments? {
        var result = self
        result.references = references.filter { $0.value.value != nil }
        return result.isEmpty ? nil : result
    }

    mutating func value(for tags: Tags, _ service: MeshService?) throws(EnvoyConfigError) -> EncodedResource {
        if let value = references[tags]?.value { return value }
        let value = try EndpointAssignment(tags: tags, endpoints: service?.endpoints ?? []).encoded()
        // New tag sets are rare, and a service has few: old ones are looked for each time.
        references = references.filter { $0.value.value != nil }
        references[tags] = Reference(value: value)
        return value
    }

    mutating func refresh(_ service: MeshService?) throws(EnvoyConfigError) -> [EncodedResource] {
        var changed: [EncodedResource] = []
        var kept: [Tags: Reference] = [:]
        for (tags, reference) in references {
            guard let old = reference.value else { continue }
            let new = try EndpointAssignment(tags: tags, endpoints: service?.endpoints ?? []).encoded()
            if !new.isSame(as: old) { changed.append(new) }
            kept[tags] = new.isSame(as: old) ? reference : Reference(value: new)
        }
        references = kept
        return changed
    }
}

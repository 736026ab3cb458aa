import Dataplanes
import EnvoyAPI
import TrafficPolicy

/// What is made once and used by many layers.
struct SharedResources: Sendable {
    private var outbounds = WeakTable<OutboundResources.Key, OutboundResources>()
    private var instances = WeakTable<InstanceListener, EncodedResource>()
    private var clusters = WeakTable<OutboundCluster, EncodedResource>()
    private var localClusters = WeakTable<LocalCluster, EncodedResource>()
    /// By service, so that those that an endpoint's change concerns are at hand.
    private var assignments: [String: WeakAssignments] = [:]

    mutating func outbound(_ key: OutboundResources.Key) throws(EnvoyConfigError) -> OutboundResources {
        try outbounds.value(for: key) { () throws(EnvoyConfigError) in try OutboundResources(key) }
    }

    mutating func instance(_ listener: InstanceListener) throws(EnvoyConfigError) -> EncodedResource {
        try instances.value(for: listener) { () throws(EnvoyConfigError) in try listener.encoded() }
    }

    mutating func cluster(_ cluster: OutboundCluster) throws(EnvoyConfigError) -> EncodedResource {
        try clusters.value(for: cluster) { () throws(EnvoyConfigError) in try cluster.encoded() }
    }

    mutating func localCluster(_ cluster: LocalCluster) throws(EnvoyConfigError) -> EncodedResource {
        try localClusters.value(for: cluster) { () throws(EnvoyConfigError) in try cluster.encoded() }
    }

    mutating func assignment(of tags: Tags, _ services: [String: MeshService]) throws(EnvoyConfigError)
        -> EncodedResource
    {
        let service = tags.service
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

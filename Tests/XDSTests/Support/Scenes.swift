import EnvoyAPI
import NIOCore

@testable import XDS

/// A resource whose content is the names it refers to.
func resource(
    _ type: ResourceType,
    _ name: String,
    _ version: String = "1",
    to references: [String] = [],
    origin: ResourceOrigin? = nil
) -> EncodedResource {
    let content = ([version] + references).joined(separator: ",")
    return EncodedResource(type: type, name: name, version: version, message: Array(content.utf8), origin: origin)
}

func layer(_ resources: [EncodedResource]) -> ResourceLayer {
    var entries: [ResourceType: [String: ResourceLayer.Entry]] = [:]
    for resource in resources { entries[resource.type, default: [:]][resource.name] = .resource(resource) }
    return ResourceLayer(entries)
}

func snapshot(_ generation: UInt64, _ resources: [EncodedResource]) -> ProxySnapshot {
    ProxySnapshot(layers: [layer(resources)], generation: generation)
}

/// A service: a cluster with endpoints.
func service(_ name: String, _ version: String = "1", endpoints: String = "1") -> [EncodedResource] {
    [resource(.cluster, name, version), resource(.endpoint, name, endpoints)]
}

func request(
    _ type: ResourceType,
    subscribe: [String] = [],
    unsubscribe: [String] = [],
    versions: [String: String] = [:],
    nonce: String = "",
    failure: String? = nil
) -> DeltaRequest {
    var request = DeltaRequest(typeURL: type.typeURL)
    request.subscribe = subscribe
    request.unsubscribe = unsubscribe
    request.initialVersions = versions
    request.nonce = nonce
    request.failure = failure.map { DeltaRequest.Failure(code: 13, message: $0) }
    return request
}

extension PushAction {
    /// `cluster +a@1 +b@1 -c`, `delivered 3`, ...
    var text: String {
        switch self {
        case .send(let response):
            ([String(describing: response.type)] + response.resources.map { "+\($0.name)@\($0.version)" }
                + response.removed.map { "-\($0)" }).joined(separator: " ")
        case .delivered(let generation, _): "delivered \(generation)"
        case .rejectionsChanged: "rejections"
        }
    }
}

/// A machine and the answers that were not given yet.
struct Scene: ~Copyable {
    var machine: PushMachine
    var now = ContinuousClock.now
    var nonces: [ResourceType: String] = [:]

    init(options: PushOptions = PushOptions()) {
        machine = PushMachine(sharing: PushSharing(), options: options)
    }

    private mutating func note(_ actions: [PushAction]) -> [String] {
        for case .send(let response) in actions { nonces[response.type] = response.nonce }
        return actions.map(\.text)
    }

    mutating func publish(_ snapshot: ProxySnapshot) -> [String] { note(machine.publish(snapshot, now: now)) }

    mutating func receive(_ request: DeltaRequest) throws -> [String] {
        note(try machine.receive(request, now: now))
    }

    mutating func ack(_ type: ResourceType, subscribe: [String] = [], unsubscribe: [String] = []) throws -> [String] {
        let nonce = nonces[type] ?? "none"
        return try receive(XDSTests.request(type, subscribe: subscribe, unsubscribe: unsubscribe, nonce: nonce))
    }

    mutating func nack(_ type: ResourceType, _ message: String) throws -> [String] {
        try receive(XDSTests.request(type, nonce: nonces[type] ?? "none", failure: message))
    }

    /// Answers an earlier response than the last one of the type; rejects it if there is a message.
    mutating func answer(_ type: ResourceType, to nonce: String?, _ message: String? = nil) throws -> [String] {
        try receive(XDSTests.request(type, nonce: nonce ?? "none", failure: message))
    }

    mutating func wait(_ duration: Duration) -> [String] {
        now += duration
        return note(machine.expire(now: now))
    }
}

extension Scene {
    /// A client that has everything of the snapshot: clusters and listeners by wildcard, the rest by name.
    static func started(_ snapshot: ProxySnapshot, options: PushOptions = PushOptions()) throws -> Scene {
        var scene = Scene(options: options)
        _ = scene.publish(snapshot)
        func names(_ type: ResourceType) -> [String] {
            Set(snapshot.layers.flatMap { $0.entries(of: type).keys }).sorted()
        }
        for type in ResourceType.allCases {
            if type == .cluster || type == .listener {
                _ = try scene.receive(XDSTests.request(type))
            } else if !names(type).isEmpty {
                _ = try scene.receive(XDSTests.request(type, subscribe: names(type)))
            }
            while scene.machine.states[type].inFlight != nil { _ = try scene.ack(type) }
        }
        return scene
    }
}

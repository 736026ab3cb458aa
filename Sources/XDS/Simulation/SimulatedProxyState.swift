import EnvoyAPI
import NIOCore

/// What a simulated proxy has, over all its streams. Confined to its event loop.
final class SimulatedProxyState {
    let nodeID: String
    /// Versions by type and name.
    private var versions: [[String: String]] = ResourceType.allCases.map { _ in [:] }
    /// Names that are asked for, of types that are asked for by name.
    private var names: [Set<String>] = ResourceType.allCases.map { _ in [] }
    /// Changed clusters whose endpoints have not come.
    private var warming: Set<String> = []
    /// Of responses with clusters that are not acknowledged before all are warm.
    private var heldNonces: [String] = []
    private var isListening = false

    init(nodeID: String) { self.nodeID = nodeID }

    func versions(of type: ResourceType) -> [String: String] { versions[type.rawValue] }

    /// The first requests of a stream.
    func greeting() -> [DeltaRequest] {
        heldNonces = []
        warming = []
        var requests: [DeltaRequest] = []
        for type in ResourceType.allCases {
            let isWildcard = type == .cluster || type == .listener
            guard type == .cluster || (type == .listener && isListening) || !names[type.rawValue].isEmpty else {
                continue
            }
            var request = DeltaRequest(typeURL: type.typeURL)
            request.subscribe = isWildcard ? [] : Array(names[type.rawValue])
            request.initialVersions = versions[type.rawValue]
            if requests.isEmpty { request.node = DeltaRequest.Node(id: nodeID, cluster: "simulated") }
            requests.append(request)
        }
        return requests
    }

    /// What to answer to a response.
    func take(_ response: SimulatedResponse) -> [DeltaRequest] {
        guard let type = ResourceType(typeURL: response.typeURL) else { return [] }
        for resource in response.resources {
            versions[type.rawValue][resource.name] = resource.version
            switch type {
            case .cluster: if resource.usesEndpoints { warming.insert(resource.name) }
            case .endpoint: warming.remove(resource.name)
            case .secret, .listener, .route: break
            }
        }
        for name in response.removed {
            versions[type.rawValue][name] = nil
            warming.remove(name)
        }
        var requests: [DeltaRequest] = []
        switch type {
        case .cluster: requests.append(contentsOf: ask(.endpoint, response, resources: \.endpointNames))
        case .listener: requests.append(contentsOf: ask(.route, response, resources: \.routeNames))
        case .endpoint, .secret, .route: break
        }
        if type == .cluster { heldNonces.append(response.nonce) } else { requests.append(ack(type, response.nonce)) }
        if warming.isEmpty {
            requests.append(contentsOf: heldNonces.map { ack(.cluster, $0) })
            if !heldNonces.isEmpty, !isListening {
                isListening = true
                requests.append(DeltaRequest(typeURL: ResourceType.listener.typeURL))
            }
            heldNonces = []
        }
        return requests
    }

    private func ack(_ type: ResourceType, _ nonce: String) -> DeltaRequest {
        var request = DeltaRequest(typeURL: type.typeURL)
        request.nonce = nonce
        return request
    }

    /// Asks for what new resources refer to, and no longer for what belongs to those that were removed: by the same name, as far as
    /// endpoints go.
    private func ask(
        _ type: ResourceType,
        _ response: SimulatedResponse,
        resources: (SimulatedResponse.Resource) -> [String]
    ) -> [DeltaRequest] {
        var request = DeltaRequest(typeURL: type.typeURL)
        for name in response.resources.flatMap(resources) where names[type.rawValue].insert(name).inserted {
            request.subscribe.append(name)
        }
        if type == .endpoint {
            for name in response.removed where names[type.rawValue].remove(name) != nil {
                versions[type.rawValue][name] = nil
                request.unsubscribe.append(name)
            }
        }
        return request.subscribe.isEmpty && request.unsubscribe.isEmpty ? [] : [request]
    }
}

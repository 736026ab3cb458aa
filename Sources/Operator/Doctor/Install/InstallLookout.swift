import Injection
import JSON
import KubeClient
import KubeModel
import KubeTransport
import SwiftletAPI

/// Reads an ``InstallState`` from a cluster. Changes nothing; what it cannot read is told in its place.
struct InstallLookout: Sendable {
    let client: KubeClient
    let served: ServedResources
    let definitions: [CustomResourceDefinition]
    /// Of the objects to look at; `nil` for those that the operator looks after.
    let namespace: String?

    /// At most so many objects of a kind are read: enough to tell what is wrong.
    private static let most = 500

    func look(at place: InstallState.Place, now: Timestamp) async -> InstallState {
        var state = InstallState(place: place, now: now)
        func key(_ name: String) -> ObjectKey { ObjectKey(namespace: place.namespace, name: name) }
        func cluster(_ name: String) -> ObjectKey { ObjectKey(namespace: "", name: name) }
        // First, since it tells what else there should be.
        state.deployments = await list(.deployments, in: place.namespace, labelled: Self.label)
        let (settings, names) = (state.settings, state.names)
        state.namespace = await get(.namespaces, cluster(place.namespace))
        for definition in definitions {
            state.definitions[definition.name] = await get(.customResourceDefinitions, cluster(definition.name))
        }
        state.pods = await list(.pods, in: place.namespace, labelled: Self.label)
        for pod in state.pods.value ?? [] where pod[path: "status", "phase"] == "Running" {
            let name = DynamicObject(pod).name
            state.readiness[name] = await readiness(of: key(name))
        }
        state.lease = await get(.leases, key(names.lease))
        state.service = await get(.services, key(names.service))
        state.hasReadyEndpoint = await hasReadyEndpoint(key(names.service))
        state.secret = await get(.secrets, key(names.secret))
        for (resource, name) in [
            (APIResource.mutatingWebhookConfigurations, InjectorWebhooks.name),
            (APIResource.validatingWebhookConfigurations, settings.validator(place.namespace)),
        ] {
            state.webhooks[.init(kind: resource.kind, name: name)] = await get(resource, cluster(name))
        }
        let looked = namespace.map(settings.looking(at:)) ?? settings
        if looked.hasWebServers, served.contains(WebServer.resource.groupVersionKind) {
            state.webServers = await list(WebServer.resource, inEach: looked.namespaces)
        }
        guard looked.hasMesh else { return state }
        if served.contains(Mesh.resource.groupVersionKind) { state.meshes = await list(Mesh.resource) }
        if served.contains(TrafficRoute.resource.groupVersionKind) { state.routes = await list(TrafficRoute.resource) }
        guard looked.injects else { return state }
        state.meshNamespaces = await list(.namespaces, labelled: "\(MetadataKey.injection) in (enabled,true,yes)")
        state.meshPods = await pods(of: state.meshNamespaces)
        for namespace in Set((state.meshPods.value ?? []).map { DynamicObject($0).namespace }) {
            let name = SecretFile.configMapName
            state.trustBundles[namespace] = await get(.configMaps, ObjectKey(namespace: namespace, name: name))
        }
        return state
    }

    private static let label = "app.kubernetes.io/name=swiftlet"
    private static let endpoints = APIResource(group: "", version: "v1", kind: "Endpoints", plural: "endpoints")

    /// Where slices are served, Endpoints are deprecated, and asking for them leads to a warning.
    private func hasReadyEndpoint(_ service: ObjectKey) async -> Observed<Bool> {
        guard let slices = served.preferred(for: APIResource.endpointSlices.groupKind, among: ["v1", "v1beta1"]) else {
            return await get(Self.endpoints, service).map(ServiceEndpoints.haveReadyAddress(inEndpoints:))
        }
        let label = "kubernetes.io/service-name=\(service.name)"
        return await list(slices, in: service.namespace, labelled: label)
            .map(ServiceEndpoints.haveReadyAddress(inSlices:))
    }

    private func get(_ resource: APIResource, _ key: ObjectKey) async -> Observed<JSONValue> {
        await Observed { () throws(KubeError) in try await client.get(resource, key) }
    }

    private func list(
        _ resource: APIResource,
        in namespace: String? = nil,
        labelled selector: String? = nil
    ) async -> Observed<[JSONValue]> {
        await Observed { () throws(KubeError) in
            var query = Query()
            query.add("limit", "\(Self.most)")
            query.add("labelSelector", selector)
            let answer = try await client.perform("GET", path: resource.path(namespace: namespace), query: query)
            return answer["items"]?.arrayValue ?? []
        }
    }

    /// - Parameter namespaces: empty for all.
    private func list(_ resource: APIResource, inEach namespaces: [String]) async -> Observed<[JSONValue]> {
        guard !namespaces.isEmpty else { return await list(resource) }
        var objects: [JSONValue] = []
        for namespace in namespaces {
            let found = await list(resource, in: namespace)
            if let obstacle = found.obstacle { return .unreadable(obstacle) }
            objects += found.value ?? []
        }
        return .found(objects)
    }

    private func pods(of namespaces: Observed<[JSONValue]>) async -> Observed<[JSONValue]> {
        guard case .found(let namespaces) = namespaces else {
            return namespaces.obstacle.map { .unreadable($0) } ?? .absent
        }
        guard !namespaces.isEmpty else { return .found([]) }
        return await list(.pods, inEach: namespaces.map { DynamicObject($0).name })
    }

    /// The checks behind `/readyz` as lines such as `[-]secrets forbidden`. Asked through the API server, which reaches pods where we do not, and
    /// of `/metrics`, whose answer is a success also when checks fail.
    private func readiness(of pod: ObjectKey) async -> Observed<String> {
        let place = APIResource.pods.path(namespace: pod.namespace, name: "\(pod.name):8080", subresource: "proxy")
        var request = KubeRequest(method: "GET", path: "\(place)/metrics")
        request.accept = "text/plain"
        request.timeout = .seconds(10)
        return await Observed { () throws(KubeError) in
            let text = String(decoding: try await client.response(to: request).body, as: UTF8.self)
            return Self.checks(in: text)
        }
    }

    static func checks(in metrics: String) -> String {
        metrics.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("kubernetes_healthcheck{"), line.contains("type=\"readyz\"") else { return nil }
            func label(_ name: String) -> Substring {
                guard let start = line.firstRange(of: "\(name)=\"")?.upperBound else { return "" }
                return line[start...].prefix { $0 != "\"" }
            }
            return "[\(line.hasSuffix(" 0") ? "-" : "+")]\(label("name")) \(label("state"))"
        }.joined(separator: "\n")
    }
}

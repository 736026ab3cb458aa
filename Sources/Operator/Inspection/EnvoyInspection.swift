import Dataplanes
import EnvoyAPI
import EnvoyConfig
import JSON
import KubeModel

/// The resources that the Envoy of one pod is to have.
package struct EnvoyInspection: Sendable {
    private let resources: [EncodedResource]

    /// - Parameters:
    ///   - types: `nil` for all.
    ///   - name: what names of resources must contain; `nil` for all.
    /// - Throws: ``ManifestError`` when the pod has no sidecar that is served, telling why.
    package init(
        _ objects: MeshObjects,
        options: InspectionOptions,
        pod key: ObjectKey,
        types: Set<ResourceType>? = nil,
        name: String? = nil
    ) throws {
        let world = try objects.world(options.dataplanes)
        guard let mesh = world.index.dataplane(key)?.mesh, let snapshot = world.programmed[mesh]?.snapshot(of: key)
        else { throw ManifestError("pod \(key): \(Self.reason(for: key, objects, world))") }
        resources = snapshot.resources.filter { resource in
            types?.contains(resource.type) != false && (name.map { resource.name.contains($0) } ?? true)
        }
    }

    private static func reason(for key: ObjectKey, _ objects: MeshObjects, _ world: MeshWorld) -> String {
        guard let pod = objects.pods.first(where: { $0.key == key }) else {
            return "there is none, or you may not see it"
        }
        guard pod.hasSidecar else {
            return objects.podsWithoutSidecar.contains(key)
                ? "it has no sidecar though it is to have one: it was made before, and has to be made anew"
                : "it has no sidecar, and none is asked for"
        }
        guard pod.hasAddress else { return "it has no address (yet, or any more)" }
        return world.index.problems(of: key).first.map { "\($0)" } ?? "it is no dataplane"
    }

    /// A line for each resource.
    package var table: String {
        var table = TextTable(["TYPE", "NAME", "VERSION", "BECAUSE OF"])
        for resource in resources {
            table.add([
                "\(resource.type)", resource.name, resource.version,
                resource.origin.map { "\($0.kind) \($0.name)" } ?? "",
            ])
        }
        return table.text()
    }

    /// As Envoy's own `/config_dump`, with names in camel case: `envoy.admin.v3.ConfigDump`.
    ///
    /// - Throws: `EnvoyConfigError` when a resource cannot be shown, which none is known to cause.
    package func dump() throws -> JSONValue {
        var configs: [JSONValue] = []
        for (type, kind, list, member) in Self.dumps {
            let entries = try resources.filter { $0.type == type }.map { resource -> JSONValue in
                let state: JSONValue = [
                    "versionInfo": .string(resource.version), member: Self.typed(try resource.json(), type),
                ]
                // Listeners have two states, of which one may be warming.
                return type == .listener ? ["name": .string(resource.name), "activeState": state] : state
            }
            guard !entries.isEmpty else { continue }
            configs.append(["@type": .string("type.googleapis.com/envoy.admin.v3.\(kind)"), list: .array(entries)])
        }
        return ["configs": .array(configs)]
    }

    private static func typed(_ value: JSONValue, _ type: ResourceType) -> JSONValue {
        var value = value
        value["@type"] = .string(type.typeURL)
        return value
    }

    private static let dumps: [(ResourceType, kind: String, list: String, member: String)] = [
        (.cluster, "ClustersConfigDump", "dynamicActiveClusters", "cluster"),
        (.endpoint, "EndpointsConfigDump", "dynamicEndpointConfigs", "endpointConfig"),
        (.listener, "ListenersConfigDump", "dynamicListeners", "listener"),
        (.route, "RoutesConfigDump", "dynamicRouteConfigs", "routeConfig"),
        (.secret, "SecretsConfigDump", "dynamicActiveSecrets", "secret"),
    ]
}

import Injection
import JSON
import Testing
import YAML

/// The one document of a text.
func yaml(_ text: String) throws -> JSONValue {
    try YAML.decode(JSONValue.self, from: Array(text.utf8), source: "test")
}

extension InjectorConfiguration {
    static func sample(native: Bool = true) -> InjectorConfiguration {
        var endpoint = ControlPlaneEndpoint(
            host: "swiftlet.swiftlet-system.svc",
            port: 5678,
            certificateAuthority: sampleCertificate
        )
        endpoint.tokenAudience = "swiftlet-xds"
        return InjectorConfiguration(
            sidecarImage: "envoyproxy/envoy:v1.34.0",
            initImage: "ghcr.io/swiftlet/swiftlet:test",
            controlPlane: endpoint,
            usesNativeSidecars: native
        )
    }
}

extension NamespaceMetadata {
    /// As in the tutorial: an annotation.
    static let enabled = NamespaceMetadata(name: "shop", annotations: ["kuma.io/sidecar-injection": "enabled"])
    static let plain = NamespaceMetadata(name: "shop")
}

extension SidecarInjector {
    static let native = SidecarInjector(.sample())
    static let plain = SidecarInjector(.sample(native: false))

    func inject(_ pod: JSONValue, _ namespace: NamespaceMetadata = .enabled) throws -> InjectionOutcome {
        try inject(pod: pod, namespace: namespace, drainToken: "secret")
    }
}

extension InjectionOutcome {
    var settings: SidecarSettings? {
        if case .injected(let settings) = action { settings } else { nil }
    }

    func container(_ name: String) -> JSONValue? {
        ["containers", "initContainers"].flatMap { object[path: "spec", $0]?.arrayValue ?? [] }
            .first { $0["name"]?.stringValue == name }
    }

    func names(_ list: String) -> [String] {
        (object[path: "spec", list]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
    }

    /// The argument after `name` of the sidecar.
    func sidecarArgument(_ name: String) -> String? {
        let arguments = container("kuma-sidecar")?["args"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return arguments.firstIndex(of: name).map { arguments[$0 + 1] }
    }

    /// As Envoy gets it.
    func bootstrap(_ variables: [String: String] = Self.variables) throws -> JSONValue {
        try JSONValue(parsing: VariableExpansion.expanded(sidecarArgument("--config-yaml") ?? "", variables))
    }

    /// What the kubelet puts into the sidecar's volume: of several sources of a file the last.
    ///
    /// - Parameter configMap: what the ConfigMap of the namespace holds, if there is one.
    func projectedFiles(configMap: [String: String] = [:]) throws -> [String: String] {
        let volumes = object[path: "spec", "volumes"]?.arrayValue ?? []
        let volume = try #require(volumes.first { $0["name"] == "kuma-sidecar-token" })
        let annotations = object[path: "metadata", "annotations"]?.objectValue ?? [:]
        var files: [String: String] = [:]
        for source in volume[path: "projected", "sources"]?.arrayValue ?? [] {
            if let map = source["configMap"] {
                #expect(map == ["name": "swiftlet-trust-bundle", "optional": true])
                files.merge(configMap) { $1 }
            }
            if let path = source[path: "serviceAccountToken", "path"]?.stringValue { files[path] = "the token" }
            for item in source[path: "downwardAPI", "items"]?.arrayValue ?? [] {
                let path = try #require(item["path"]?.stringValue)
                let field = try #require(item[path: "fieldRef", "fieldPath"]?.stringValue)
                let key = String(field.dropFirst("metadata.annotations['".count).dropLast("']".count))
                #expect(field == "metadata.annotations['\(key)']")
                files[path] = annotations[key]?.stringValue ?? ""
            }
        }
        return files
    }

    static let variables = ["POD_NAME": "web-1", "POD_NAMESPACE": "shop", "INSTANCE_IP": "127.0.0.1"]
}

/// A pod of one container.
let simplePod: JSONValue = [
    "apiVersion": "v1", "kind": "Pod",
    "metadata": ["generateName": "web-", "labels": ["app": "web"]],
    "spec": ["containers": [["name": "web", "image": "nginx", "ports": [["containerPort": 8080, "name": "http"]]]]],
]

extension JSONValue {
    /// Of a bootstrap.
    func controlPlane() throws -> JSONValue {
        let clusters = self[path: "static_resources", "clusters"]?.arrayValue ?? []
        return try #require(clusters.first { $0["name"] == "swiftlet:control-plane" })
    }
}

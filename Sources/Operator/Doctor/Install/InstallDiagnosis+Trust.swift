import FoundationEssentials
import Injection
import JSON
import KubeAdmission
import KubeModel

extension InstallDiagnosis {
    /// Whether sidecars trust the operator's certificate authority.
    var trust: [Doctor.Finding] {
        guard let pods = state.meshPods.value, let present = presentBundle, !present.ids.isEmpty else { return [] }
        let injected = pods.filter(Self.isRunning)
        let lost = injected.compactMap { pod in
            Self.fixedBundle(of: pod).flatMap { bundle in
                bundle.ids.isDisjoint(with: present.ids) ? (pod: DynamicObject(pod), bundle: bundle) : nil
            }
        }
        let findings = Dictionary(grouping: lost, by: \.pod.namespace).sorted { $0.key < $1.key }.map {
            namespace,
            lost in
            let names = Self.named(lost.map(\.pod.name))
            let authorities = Set(lost.flatMap(\.bundle.authorities).map(\.name)).sorted()
            return problem(
                "sidecars in \(namespace)",
                "\(lost.count == 1 ? "1 pod trusts" : "\(lost.count) pods trust") only the certificate authority "
                    + "\(Self.named(authorities)), which the operator no longer has, and cannot connect: \(names)",
                "restart them: kubectl -n \(namespace) rollout restart deployment"
            )
        }
        return findings + published(present, for: injected)
    }

    /// What the ConfigMaps say by which sidecars learn of authorities.
    private func published(_ present: CertificateBundle, for pods: [JSONValue]) -> [Doctor.Finding] {
        let renewable = pods.filter { Self.annotation($0, MetadataKey.trustBundle) != nil }
        let counts = Dictionary(grouping: renewable) { DynamicObject($0).namespace }.mapValues(\.count)
        var isRight = !counts.isEmpty
        let findings = counts.sorted { $0.key < $1.key }.flatMap { namespace, count -> [Doctor.Finding] in
            guard let trouble = trouble(of: state.trustBundles[namespace] ?? .absent, present) else { return [] }
            isRight = false
            let sidecars = count == 1 ? "1 sidecar" : "\(count) sidecars"
            return [
                warning(
                    "configmap \(namespace)/\(SecretFile.configMapName)",
                    "\(trouble): \(sidecars) of the namespace cannot connect once the certificate authority changes",
                    "the operator tells why: \(state.logs) | grep trust-bundle"
                )
            ]
        }
        return isRight
            ? [ok("trust of sidecars", "\(counts.count) namespaces have the operator's certificate authority")]
            : findings
    }

    private func trouble(of observed: Observed<JSONValue>, _ present: CertificateBundle) -> String? {
        switch observed {
        case .unreadable(let why): return "cannot be looked at (\(why))"
        case .absent: return "is not there"
        case .found(let map):
            guard let text = map[path: "data", SecretFile.trustBundle]?.stringValue,
                let bundle = SecretFile.authorities(inTrustBundle: text).flatMap(Self.bundle)
            else { return "holds no certificate authorities that sidecars can read" }
            return bundle.ids.isSuperset(of: present.ids) ? nil : "lacks a certificate authority of the operator"
        }
    }

    /// The authorities that the operator has.
    private var presentBundle: CertificateBundle? {
        if let secret = state.secret.value { return CertificateState(data: secret["data"], names: []).bundle }
        // Not everybody may read Secrets.
        let texts = state.webhooks.values.compactMap(\.value).flatMap { $0["webhooks"]?.arrayValue ?? [] }.compactMap {
            $0[path: "clientConfig", "caBundle"]?.stringValue
        }
        return texts.first.flatMap { Data(base64Encoded: $0) }.flatMap {
            Self.bundle(String(decoding: $0, as: UTF8.self))
        }
    }

    private static func bundle(_ pem: String) -> CertificateBundle? {
        do {
            return try CertificateBundle(pem: pem, field: "bundle")
        } catch {
            return nil
        }
    }

    private static func named(_ names: [String]) -> String {
        names.sorted().prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : "")
    }

    // MARK: - Pods

    private static func isRunning(_ pod: JSONValue) -> Bool {
        annotation(pod, MetadataKey.injected) == "true" && pod[path: "metadata", "deletionTimestamp"] == nil
            && !["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.stringValue)
    }

    private static func annotation(_ pod: JSONValue, _ key: String) -> String? {
        pod[path: "metadata", "annotations", key]?.stringValue
    }

    /// The authorities in a bootstrap that has them for good; `nil` for a sidecar that reads them from a file.
    private static func fixedBundle(of pod: JSONValue) -> CertificateBundle? {
        let containers = ["containers", "initContainers"].flatMap { pod[path: "spec", $0]?.arrayValue ?? [] }
        let arguments = containers.first { $0["name"] == "kuma-sidecar" }?["args"]?.arrayValue ?? []
        guard let flag = arguments.firstIndex(of: "--config-yaml"), arguments.indices.contains(flag + 1),
            let text = arguments[flag + 1].stringValue
        else { return nil }
        let bootstrap: JSONValue
        do {
            bootstrap = try JSONValue(parsing: text)
        } catch {
            return nil
        }
        let services = bootstrap[path: "dynamic_resources", "ads_config", "grpc_services"]
        let credentials = services?[0]?[path: "google_grpc", "channel_credentials", "ssl_credentials"]
        return credentials?[path: "root_certs", "inline_string"]?.stringValue.flatMap(bundle)
    }
}

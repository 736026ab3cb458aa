import FoundationEssentials
import JSON
import KubeAdmission
import KubeModel

extension InstallDiagnosis {
    /// The webhook configurations: whom they ask, whether they trust who answers, and what happens otherwise.
    var webhooks: [Doctor.Finding] {
        state.webhooks.sorted { $0.key < $1.key }.flatMap { key, observed in
            switch observed {
            case .unreadable(let why): return [unseen("\(key)", why)]
            case .absent:
                return [
                    warning(
                        "\(key)",
                        "is not there: \(key.kind.hasPrefix("Mutating") ? "new pods get no sidecar" : "objects are not checked")",
                        "if that is not meant, look why it is not registered: \(state.kubectl) logs -l app.kubernetes.io/name=swiftlet | grep -i webhook"
                    )
                ]
            case .found(let configuration): return examine(configuration, key)
            }
        }
    }

    /// Whether it goes to the operator's Service.
    func asksTheService(_ configuration: JSONValue) -> Bool {
        (configuration["webhooks"]?.arrayValue ?? []).contains {
            let service = $0[path: "clientConfig", "service"]
            return service?["name"] == .string(state.names.service)
                && service?["namespace"] == .string(state.names.namespace)
        }
    }

    /// Whether something is refused when nobody answers.
    func failsClosed(_ configuration: JSONValue) -> Bool {
        (configuration["webhooks"]?.arrayValue ?? []).contains { $0["failurePolicy"] != "Ignore" }
    }

    private func examine(_ configuration: JSONValue, _ key: InstallState.WebhookKey) -> [Doctor.Finding] {
        let closed = failsClosed(configuration)
        let consequence = closed ? "what it asks about is refused" : "what it asks about goes unchecked"
        func bad(_ message: String, _ remedy: String) -> Doctor.Finding {
            Doctor.Finding(
                severity: closed ? .problem : .warning,
                subject: "\(key)",
                message: "\(message): \(consequence)",
                remedy: remedy
            )
        }
        var findings: [Doctor.Finding] = []
        if asksTheService(configuration) {
            let service = "Service \(state.names.namespace)/\(state.names.service)"
            if state.service.isAbsent {
                findings.append(
                    bad(
                        "asks \(service), which is not there",
                        "install the Service: helm upgrade, or kubectl apply -f manifests/install.yaml"
                    )
                )
            } else if state.service.value != nil, let endpoints = state.endpoints.value, !hasAddress(endpoints) {
                findings.append(
                    bad("asks \(service), behind which no pod is ready", "\(state.kubectl) get pods -o wide")
                )
            }
        }
        let bundles = (configuration["webhooks"]?.arrayValue ?? []).map {
            $0[path: "clientConfig", "caBundle"]?.stringValue ?? ""
        }
        if bundles.contains(where: \.isEmpty) {
            findings.append(
                bad(
                    "trusts nobody yet (no caBundle)",
                    "the operator publishes it: \(state.kubectl) logs -l app.kubernetes.io/name=swiftlet | grep certificate"
                )
            )
        } else if let secret = state.secret.value,
            let mistrusted = bundles.lazy.compactMap({ mismatch($0, secret) }).first
        {
            findings.append(
                bad(
                    mistrusted,
                    "the operator mends it within a minute; if not: \(state.kubectl) logs -l app.kubernetes.io/name=swiftlet | grep certificate"
                )
            )
        }
        guard findings.isEmpty else { return findings }
        return [ok("\(key)", "is registered and trusts the operator\(closed ? "; refuses while it is away" : "")")]
    }

    /// Also of Services without pods: both forms of endpoints.
    private func hasAddress(_ endpoints: JSONValue) -> Bool {
        (endpoints["subsets"]?.arrayValue ?? []).contains { $0["addresses"]?.arrayValue?.isEmpty == false }
    }

    /// Why a published bundle does not trust what the Secret holds; `nil` when it does.
    private func mismatch(_ bundle: String, _ secret: JSONValue) -> String? {
        let stored = CertificateState(data: secret["data"], names: [])
        guard !stored.authorities.isEmpty else { return nil }
        do {
            let text = Data(base64Encoded: bundle).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let published = try CertificateBundle(pem: text, field: "caBundle").ids
            let missing = Set(stored.authorities.keys).subtracting(published)
            // One that is only being introduced may be missing for a moment.
            return missing.count == stored.authorities.count ? "trusts another authority than that of the Secret" : nil
        } catch {
            return "has a caBundle that cannot be read (\(error))"
        }
    }

    // MARK: - Certificates

    private static let renewal: Int64 = 5 * 86400

    /// The certificates of webhooks and xDS.
    var certificates: [Doctor.Finding] {
        let subject = "secret \(state.names.secret)"
        switch state.secret {
        case .unreadable(let why): return [unseen(subject, why)]
        case .absent:
            guard state.webhooks.values.contains(where: { $0.value != nil }) else { return [] }
            return [
                problem(
                    subject,
                    "is not there: webhooks and sidecars have nobody to trust",
                    "the operator makes it: \(state.kubectl) logs -l app.kubernetes.io/name=swiftlet | grep certificate"
                )
            ]
        case .found(let secret): return examine(secret: secret, subject)
        }
    }

    private func examine(secret: JSONValue, _ subject: String) -> [Doctor.Finding] {
        let logs = "\(state.kubectl) logs -l app.kubernetes.io/name=swiftlet | grep certificate"
        // One that somebody else fills, such as cert-manager, has one certificate, and not the key of the authority.
        let names = secret["data"]?["ca.key"] == nil ? ["tls"] : ["tls", "xds"]
        let certificates = CertificateState(data: secret["data"], names: names)
        var findings = certificates.faults.map { warning(subject, "cannot be read wholly: \($0)", logs) }
        let request = CertificateRequest.service(state.names.service, namespace: state.names.namespace)
        for name in names {
            let subject = "certificate \(name)"
            guard let leaf = certificates.leaves[name] else {
                findings.append(problem(subject, "is not in the Secret \(state.names.secret)", logs))
                continue
            }
            let left = leaf.notAfter.secondsSinceEpoch - state.now.secondsSinceEpoch
            if left <= 0 {
                findings.append(problem(subject, "has been out of date since \(leaf.notAfter)", logs))
            } else if leaf.notBefore > state.now {
                findings.append(problem(subject, "is not valid before \(leaf.notBefore)", "set the clocks right"))
            } else if !leaf.covers(request) {
                let wanted = request.dnsNames.first ?? ""
                findings.append(warning(subject, "is not for \(wanted)", logs))
            } else if left < Self.renewal {
                findings.append(warning(subject, "ends at \(leaf.notAfter) and was not renewed", logs))
            } else {
                findings.append(ok(subject, "is good until \(leaf.notAfter)"))
            }
        }
        return findings
    }
}
